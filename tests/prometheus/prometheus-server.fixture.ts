import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../scripts/free-port.ts";

/** A Prometheus of the test's own: its data in a temporary folder, on a free loopback port. */
export interface PrometheusServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  /** `groups:` and what follows, as in a rule file. JSON is YAML. */
  readonly rules: object;
  /** `HOST:PORT` of what is scraped at /metrics. */
  readonly targets?: readonly string[];
  /** Of scrapes, and of groups that give none of their own: `1s`. */
  readonly interval?: string;
}

const START_ATTEMPTS = 3;
const LOOK_EVERY_MILLISECONDS = 50;

/** Why no Prometheus can be had here, or null when one can. */
export function whyNoPrometheus(): string | null {
  const isThere = spawnSync("prometheus", ["--version"], { stdio: "ignore" }).status === 0;
  return isThere ? null : "Prometheus is not installed (Debian: prometheus)";
}

export async function startPrometheus({
  rules,
  targets = [],
  interval = "1s",
}: PrometheusOptions): Promise<PrometheusServer> {
  const directory = mkdtempSync(join(tmpdir(), "sluice-prometheus-"));
  const configFile = join(directory, "prometheus.yml");
  writeFileSync(join(directory, "rules.yml"), JSON.stringify(rules));
  writeFileSync(
    configFile,
    JSON.stringify({
      global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
      rule_files: [join(directory, "rules.yml")],
      scrape_configs: [{ job_name: "test", static_configs: [{ targets }] }],
    }),
  );
  for (let attempt = 1; ; attempt += 1) {
    const started = await startOnce(configFile, join(directory, `data-${attempt}`));
    if (typeof started === "object") {
      return {
        url: started.url,
        async stop() {
          await started.stop();
          rmSync(directory, { recursive: true, force: true });
        },
      };
    }
    // Somebody else may have taken the port that was free a moment ago.
    if (attempt === START_ATTEMPTS) throw new Error(`Prometheus did not start: ${started}`);
  }
}

/** The server, or the last that it said before it ended. */
async function startOnce(configFile: string, data: string): Promise<PrometheusServer | string> {
  const address = `127.0.0.1:${await freePort()}`;
  const child: ChildProcess = spawn(
    "prometheus",
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=${address}`,
      "--log.level=warn",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-2_000);
  });
  const url = `http://${address}`;
  while (child.exitCode === null && child.signalCode === null) {
    const isReady = await fetch(`${url}/-/ready`).then(
      (response) => response.status === 200,
      () => false,
    );
    if (isReady) {
      return {
        url,
        async stop() {
          child.kill("SIGTERM");
          await ended;
        },
      };
    }
    await wait(LOOK_EVERY_MILLISECONDS);
  }
  return errors;
}
