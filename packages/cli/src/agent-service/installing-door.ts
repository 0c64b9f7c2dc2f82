import { rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailed } from "../command-failed.ts";

/** Root's alone, and gone with the next boot. */
const DOOR_DIRECTORY = "/run/sluice-agent";
/** A slow link takes this long to enrol a host, and a script of a deployment to end. */
const PATIENCE_MILLISECONDS = 120_000;
/** As libuv calls it when a socket is bound in a directory that is not there: EACCES. */
const DIRECTORY_GONE: ReadonlySet<string> = new Set(["ENOENT", "EACCES"]);
const TRIES = 100;

/**
 * Lets one `agent install` or `uninstall` of this host at a time do its work: the undoing of one that fails would take away what the other has
 * installed. It opens when the process ends in whatever way, and nothing of it stays.
 * @throws CommandFailed when another one takes longer than two minutes
 */
export async function oneAtATime<Result>(
  work: () => Promise<Result>,
  { directory = DOOR_DIRECTORY, maxMilliseconds = PATIENCE_MILLISECONDS } = {},
): Promise<Result> {
  const door = await holdDoor(directory, maxMilliseconds);
  if (door === undefined) {
    throw new CommandFailed(
      "another sluice agent install or uninstall runs on this host. Wait until it has ended, then run this again: ps -C sluice,current -o pid,args",
    );
  }
  try {
    return await work();
  } finally {
    await door.close();
    removeEmpty(join(directory, ".starting"), directory);
  }
}

/** Whoever went through last removes the directory, perhaps while this one makes way and has nothing in it. */
async function holdDoor(directory: string, maxMilliseconds: number) {
  const { holdStartDoor } = await import("@sluice/agent/process/start-door.ts");
  const deadline = performance.now() + maxMilliseconds;
  for (let tries = 1; ; tries += 1) {
    try {
      return await holdStartDoor(directory, Math.max(deadline - performance.now(), 0));
    } catch (error) {
      if (tries === TRIES || !DIRECTORY_GONE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
      await sleep(tries);
    }
  }
}

/** Somebody else may wait in it. */
function removeEmpty(...directories: readonly string[]): void {
  for (const directory of directories) {
    try {
      rmdirSync(directory);
    } catch {
      return;
    }
  }
}
