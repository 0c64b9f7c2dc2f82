import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAX_LATE_OUTPUT_MILLISECONDS } from "@sluice/model/limits.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemTimers } from "../loops/timers.ts";
import { type TestInstallation, testInstallation } from "../operations/sluice/installation.fixture.ts";
import { deploymentRow } from "../store/rows.fixture.ts";
import { DeploymentLogs } from "./deployment-logs.ts";
import { LogKeeper } from "./log-keeper.ts";

let here: TestInstallation;
let root: string;
let logs: DeploymentLogs;
const problems: unknown[] = [];

/** A deployment with output, and when it ended; null while it goes on. */
async function deployment(deploymentId: string, completedAt: number | null): Promise<void> {
  const hasEnded = completedAt !== null;
  const row = deploymentRow(deploymentId, {
    deployment_group_id: deploymentId,
    status: hasEnded ? "Succeeded" : "InProgress",
    active: hasEnded ? 0 : 1,
    advancing: 1,
    completed_at: completedAt,
  });
  await here.context.store.write(({ db }) => db.insertInto("deployments").values(row).execute());
  const hostCommandIdentifier = `${deploymentId}:ApplicationStart:1:o:web-1`;
  const line = { sequence: 0, targetId: "web-1", lifecycleEvent: "ApplicationStart", at: 1, scriptName: "s" };
  await logs.append(deploymentId, [{ ...line, hostCommandIdentifier, stream: "stdout", text: `${deploymentId}\n` }]);
}

const isCompressed = async (deploymentId: string) =>
  (await readdir(join(root, deploymentId))).every((name) => name.endsWith(".gz"));
const keeper = () =>
  new LogKeeper({
    logs,
    store: here.context.store,
    timers: { ...systemTimers, now: () => here.clock.now },
    onError: (error) => problems.push(error),
  });

beforeEach(async () => {
  here = await testInstallation();
  root = await mkdtemp(join(tmpdir(), "sluice-log-keeper-"));
  logs = new DeploymentLogs(root);
  problems.length = 0;
});
afterEach(async () => {
  await logs.close();
  await here.close();
  await rm(root, { recursive: true });
});

it("compresses the output of deployments that get no more of it, also of those that an earlier server left", async () => {
  const { now } = here.clock;
  await deployment("d-ACTIVE000", null);
  await deployment("d-RECENT000", now - MAX_LATE_OUTPUT_MILLISECONDS);
  await deployment("d-OVER00000", now - 2 * MAX_LATE_OUTPUT_MILLISECONDS);
  await logs.close();
  logs = new DeploymentLogs(root);
  const keeping = keeper();
  await keeping.look();
  expect(await isCompressed("d-ACTIVE000")).toBe(false);
  expect(await isCompressed("d-RECENT000")).toBe(false);
  expect(await isCompressed("d-OVER00000")).toBe(true);
  here.clock.now += MAX_LATE_OUTPUT_MILLISECONDS;
  await keeping.look();
  expect(await isCompressed("d-RECENT000")).toBe(true);
  expect((await logs.read("d-RECENT000", undefined)).lines.map(({ text }) => text)).toEqual(["d-RECENT000\n"]);
  expect(problems).toEqual([]);
});

it("goes on with the others when one cannot be compressed, and says so", async () => {
  const longAgo = here.clock.now - 2 * MAX_LATE_OUTPUT_MILLISECONDS;
  await deployment("d-BROKEN000", longAgo);
  await deployment("d-OVER00000", longAgo);
  // A folder of the name that the compressed file is to get.
  const bytes = await logs.bytesOf("d-BROKEN000");
  await mkdir(join(root, "d-BROKEN000", `output.0-${bytes}.ndjson.gz.unfinished`, "x"), { recursive: true });
  await keeper().look();
  expect(await isCompressed("d-OVER00000")).toBe(true);
  expect(problems).toHaveLength(1);
});
