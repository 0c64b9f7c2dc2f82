import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployAndPoll, joinSimulatedHosts } from "../../bench/installation.ts";
import { memoryOf } from "../../bench/process-figures.ts";
import { copyRelease } from "../../bench/release.ts";
import { type RunningServer, startServer } from "../../bench/sluice-process.ts";
import { writeTrivialRevision } from "../../bench/trivial-revision.ts";
import { judge, quantile, type Sample } from "./trend.ts";

/**
 * One deployment after the other to fifty hosts, with the newest twenty kept: what the server takes on the disk and in memory, and how long
 * a deployment takes, stays what it was. The hosts are simulated, with the real agent's calls and 5 kB of output a deployment: fifty
 * real ones would take both processors of a small machine. `SLUICE_SOAK_MINUTES` says how long; `npm run build` comes first.
 */
const HOSTS = 50;
const LINES_PER_EVENT = 8;
const DEPLOYMENTS_KEPT = 20;
const MINUTES = Number(process.env.SLUICE_SOAK_MINUTES ?? 60);
const MINUTE_MILLISECONDS = 60_000;
/** Samples count from here on: the first hundred deployments, and two rounds of pruning, in which what was pruned once is filled again. */
const WARM_UP_DEPLOYMENTS = 100;
const WARM_UP_MINUTES = 4;

async function soak(folder: string): Promise<boolean> {
  const config = join(folder, "sluice.yml");
  writeFileSync(config, `retention:\n  deploymentsPerGroup: ${DEPLOYMENTS_KEPT}\n  everyMinutes: 1\n`);
  const revision = join(folder, "revision");
  writeTrivialRevision(revision, join(folder, "destination"));
  const server = await startServer(copyRelease(folder, undefined), folder, ["--config", config]);
  const hosts = await joinSimulatedHosts(server, revision, HOSTS, { linesPerEvent: LINES_PER_EVENT });
  try {
    console.log(
      `${HOSTS} simulated hosts, ${MINUTES} minutes, the newest ${DEPLOYMENTS_KEPT} deployments kept, pruned every minute`,
    );
    const { samples, unwell } = await run(server);
    for (const reason of unwell) console.log(`not every host succeeded: ${reason}`);
    return report(samples) && unwell.length === 0;
  } finally {
    await hosts.close();
    await server.close();
  }
}

/** @returns also why deployments did not succeed on every host; the run goes on after them. */
async function run(server: RunningServer): Promise<{ samples: Sample[]; unwell: string[] }> {
  const samples: Sample[] = [];
  const unwell: string[] = [];
  const start = performance.now();
  const minutesSince = () => (performance.now() - start) / MINUTE_MILLISECONDS;
  let deployments = 0;
  let took: number[] = [];
  while (minutesSince() < MINUTES) {
    const began = performance.now();
    await deployAndPoll(server, HOSTS).catch((error: Error) => unwell.push(error.message));
    took.push((performance.now() - began) / 1000);
    deployments += 1;
    if (minutesSince() < samples.length + 1) continue;
    await pruneNow(server);
    samples.push({
      minute: minutesSince(),
      deployments,
      databaseBytes: await databaseBytes(server),
      logBytes: await bytesIn(join(server.data, "logs")),
      serverMegabytes: memoryOf(server.processId).rss,
      median: quantile(took, 0.5),
      p95: quantile(took, 0.95),
    });
    took = [];
    console.log(lineOf(samples.at(-1)!));
  }
  return { samples, unwell };
}

function report(samples: readonly Sample[]): boolean {
  const counted = samples.filter(
    ({ minute, deployments }) => minute >= WARM_UP_MINUTES && deployments >= WARM_UP_DEPLOYMENTS,
  );
  if (counted.length < 3) {
    console.log(`${counted.length} samples after the warm-up are too few: give SLUICE_SOAK_MINUTES more minutes`);
    return false;
  }
  console.log(`from minute ${counted[0]!.minute.toFixed(0)} (${counted[0]!.deployments} deployments) to the end:`);
  const verdicts = judge(counted);
  for (const { measure, growth, allowed, isFlat } of verdicts) {
    const change = `${growth >= 0 ? "+" : ""}${(growth * 100).toFixed(1)} %`;
    console.log(`${isFlat ? "flat  " : "GROWS "} ${measure} ${change} (allowed: +${allowed * 100} %)`);
  }
  return verdicts.every(({ isFlat }) => isFlat);
}

function lineOf({ minute, deployments, databaseBytes, logBytes, serverMegabytes, median, p95 }: Sample): string {
  return (
    `minute ${minute.toFixed(0)}: ${deployments} deployments, database ${(databaseBytes / 1e6).toFixed(1)} MB, ` +
    `logs ${(logBytes / 1e6).toFixed(1)} MB, server ${serverMegabytes.toFixed(0)} MB, ` +
    `median ${median.toFixed(2)} s, p95 ${p95.toFixed(2)} s`
  );
}

/** So that samples do not depend on how long ago the server looked by itself. */
async function pruneNow({ sluice }: RunningServer): Promise<void> {
  let answer = await sluice.call("PruneDeployments", {});
  while (!answer.isDone) answer = await sluice.call("PruneDeployments", { pass: answer.pass });
}

async function databaseBytes({ url }: RunningServer): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^sluice_database_bytes (\S+)$/m.exec(metrics)?.[1]);
}

async function bytesIn(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => [])) {
    // What the server removes meanwhile counts no more.
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return bytes;
}

const folder = mkdtempSync(join(tmpdir(), "sluice-soak-"));
try {
  process.exitCode = (await soak(folder)) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
