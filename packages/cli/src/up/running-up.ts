import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailed } from "../command-failed.ts";
import { isRunning } from "../process/process-identity.ts";
import { isClaimed } from "./claim.ts";
import { deleteOrphanedBridges } from "./isolation/bridge.ts";
import { findProcessesOf, killProcessesOf } from "./leftovers.ts";
import { endBalancerOf } from "./own-balancer.ts";
import { readUpRecord, type UpRecord } from "./up-record.ts";

const LOOK_AGAIN_MILLISECONDS = 50;
/** An agent may take ten seconds to say goodbye, and a start has to come to its end first. */
const END_GRACE_MILLISECONDS = 90_000;

/** The `sluice up` that runs on a data directory; undefined when none does. */
export async function runningUp(dataDirectory: string): Promise<UpRecord | undefined> {
  const record = await readUpRecord(dataDirectory);
  return record !== undefined && (await isRunning(record.owner)) ? record : undefined;
}

/** Waits until a run is ready; undefined when it has ended before. */
export async function untilReady(
  dataDirectory: string,
  isOver: () => boolean | Promise<boolean>,
): Promise<UpRecord | undefined> {
  for (;;) {
    const wasOver = await isOver();
    const record = await runningUp(dataDirectory);
    if (record?.ready !== undefined) return record;
    if (wasOver) return undefined;
    await sleep(LOOK_AGAIN_MILLISECONDS);
  }
}

/** The same for one that another command has started. */
export function untilOtherIsReady(dataDirectory: string, { owner }: UpRecord): Promise<UpRecord | undefined> {
  return untilReady(dataDirectory, async () => (await isRunning(owner)) !== true);
}

/** What `sluice down` came to: it ended a run, or removed what a killed one had left, or there was nothing. */
export type Ended = "ended" | "leftovers" | "nothing";

/** Ends the `sluice up` of a data directory and everything that it started. It is known by its identity, never by its number alone. */
export async function endUp(dataDirectory: string): Promise<Ended> {
  const record = (await untilNoted(dataDirectory)) ?? (await readUpRecord(dataDirectory));
  if (record === undefined) return "nothing";
  const { processId } = record.owner;
  const running = await isRunning(record.owner);
  if (running === undefined) {
    throw new CommandFailed(
      `the sluice up of ${dataDirectory} (process ${processId}) was started in another process namespace, such as a container: run sluice down there`,
    );
  }
  if (running) await endProcess(record);
  const left = await findProcessesOf(record.runId);
  await killProcessesOf(record.runId);
  if (record.network !== undefined && process.getuid?.() === 0) await deleteOrphanedBridges();
  // One that was killed could not.
  const hadBalancer = await endBalancerOf(dataDirectory);
  if (running) return "ended";
  return left.length > 0 || hadBalancer ? "leftovers" : "nothing";
}

/** One that is starting may not have noted yet who it is. Undefined: none is, or it has ended. */
async function untilNoted(dataDirectory: string): Promise<UpRecord | undefined> {
  while (await isClaimed(dataDirectory)) {
    const record = await runningUp(dataDirectory);
    if (record !== undefined) return record;
    await sleep(LOOK_AGAIN_MILLISECONDS);
  }
  return undefined;
}

async function endProcess({ owner }: UpRecord): Promise<void> {
  for (const [signal, graceMilliseconds] of [
    ["SIGTERM", END_GRACE_MILLISECONDS],
    ["SIGKILL", END_GRACE_MILLISECONDS],
  ] as const) {
    try {
      process.kill(owner.processId, signal);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "ESRCH") return;
      if (code !== "EPERM") throw cause;
      throw new CommandFailed(
        `process ${owner.processId}, the sluice up of that directory, belongs to another user: run sluice down as that user, or as root`,
        { cause },
      );
    }
    const until = performance.now() + graceMilliseconds;
    while (performance.now() < until) {
      if ((await isRunning(owner)) !== true) return;
      await sleep(LOOK_AGAIN_MILLISECONDS);
    }
  }
}

/** Whether a server keeps its data there that no `sluice up` made. */
export async function isOfServerAlone(dataDirectory: string): Promise<boolean> {
  return existsSync(`${dataDirectory}/aws/config`) && (await readUpRecord(dataDirectory)) === undefined;
}
