import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { UPGRADE_FILES } from "@sluice/agent/supervision/programs.ts";
import { SUPERVISE_TEXT } from "@sluice/agent/supervision/supervise-text.ts";
import { build } from "esbuild";
import { cleanEnvironment, runProgram, type SluiceServer } from "./sluice-server.fixture.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MODE = 0o755;

/** What this machine's programs are called in a release. */
export const PLATFORM = `linux-${process.arch}`;

let bundled: Promise<string> | undefined;

/** The agent of this checkout in one text, as `npm run build` makes it. */
function agentBundle(): Promise<string> {
  bundled ??= build({
    entryPoints: [join(ROOT, "packages/cli/src/main-agent.ts")],
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node24",
    define: { "import.meta.dirname": "__dirname" },
    plugins: [
      {
        name: "supervise-text",
        setup({ onLoad }) {
          onLoad({ filter: /\/supervision\/supervise-text\.ts$/ }, () => ({
            contents: `export const SUPERVISE_TEXT = ${JSON.stringify(SUPERVISE_TEXT)};`,
            loader: "js",
          }));
        },
      },
    ],
    external: ["pg-native"],
    logLevel: "warning",
    write: false,
  }).then(({ outputFiles }) => outputFiles[0]!.text);
  return bundled;
}

/**
 * An executable that is the agent of this checkout under another version.
 * @param polls false: what it asks the server for is no operation, so that no poll of it is answered
 */
export async function agentProgram(version: string, { polls = true } = {}): Promise<string> {
  const bundle = (await agentBundle()).replace(/(SLUICE_VERSION = )"[^"]*"/, `$1${JSON.stringify(version)}`);
  const text = polls ? bundle : bundle.replaceAll('call("PollHostCommand"', 'call("PollNothing"');
  if (!polls && text === bundle) throw new Error("the bundle calls PollHostCommand in another way");
  const answer = `if (process.argv[2] === "version") { console.log(${JSON.stringify(version)}); process.exit(0); }`;
  return `#!${process.execPath}\n${answer}\n${text}`;
}

/** Puts a program where the server finds it. */
export function offerProgram(server: SluiceServer, version: string, program: string): void {
  const directory = join(server.data, "agent-programs");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `sluice-${version}-${PLATFORM}`), program);
}

export interface SupervisedAgent {
  readonly name: string;
  readonly directory: string;
  readonly programs: string;
  /** `upgrade.json` and what belongs to it. */
  readonly hasFile: (name: keyof typeof UPGRADE_FILES) => boolean;
  readonly log: () => string;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface SupervisedAgentOptions {
  readonly tags?: readonly string[];
  readonly confirmSeconds?: number;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Variables of `environment` that hooks of tests look at. */
const SCRIPT_ENVIRONMENT = ["HOST_*"];

/** An enrolled host whose agent runs under the supervisor, as `sluice agent install` leaves it. */
export async function superviseAgent(
  server: SluiceServer,
  name: string,
  program: string,
  { tags = [], confirmSeconds = 60, environment = {} }: SupervisedAgentOptions = {},
): Promise<SupervisedAgent> {
  const root = mkdtempSync(join(tmpdir(), `sluice-upgrade-${name}-`));
  chmodSync(root, MODE);
  const [directory, programs] = [join(root, "data"), join(root, "programs")];
  for (const each of [directory, programs]) mkdirSync(each);
  for (const [file, text] of [
    ["current", program],
    ["supervise", SUPERVISE_TEXT],
  ] as const) {
    writeFileSync(join(programs, file), text);
    chmodSync(join(programs, file), MODE);
  }
  const tagOptions = tags.flatMap((tag) => ["--tag", tag]);
  const token = (await server.sluice("token", "create", ...tagOptions)).trim();
  const enrolled = await runProgram(
    join(programs, "current"),
    ["agent", "enroll", "--server", server.url(), "--token", token, "--data", directory, "--name", name, ...tagOptions],
    cleanEnvironment(),
  );
  if (enrolled.exitCode !== 0) throw new Error(`enrolling ${name} failed: ${enrolled.stderr}`);
  const file = join(directory, "agent.json");
  const enrolment = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, JSON.stringify({ ...enrolment, host: { scriptEnvironment: SCRIPT_ENVIRONMENT } }));
  let child: ChildProcess | undefined;
  let log = "";
  const start = () => {
    child = spawn(join(programs, "supervise"), ["--data", directory], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...cleanEnvironment(), ...environment, SLUICE_CONFIRM_SECONDS: String(confirmSeconds) },
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
    });
  };
  const stop = async () => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise((end) => ending.once("exit", end));
    ending.kill("SIGTERM");
    await ended;
  };
  start();
  return {
    name,
    directory,
    programs,
    hasFile: (file) => existsSync(join(directory, UPGRADE_FILES[file])),
    log: () => log,
    start,
    stop,
    async close() {
      await stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** What is in a host's programs' directory under that name. */
export function programAt({ programs }: SupervisedAgent, name: string): string | undefined {
  const file = join(programs, name);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
