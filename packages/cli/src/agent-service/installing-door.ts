import { rmdirSync } from "node:fs";
import { join } from "node:path";
import { CommandFailed } from "../command-failed.ts";

/** Root's alone, and gone with the next boot. */
const DOOR_DIRECTORY = "/run/sluice-agent";
/** A slow link takes this long to enrol a host, and a script of a deployment to end. */
const PATIENCE_MILLISECONDS = 120_000;

/**
 * Lets one `agent install` or `uninstall` of this host at a time do its work: the undoing of one that fails would take away what the other has
 * installed. It opens when the process ends in whatever way, and nothing of it stays.
 * @throws CommandFailed when another one takes longer than two minutes
 */
export async function oneAtATime<Result>(
  work: () => Promise<Result>,
  { directory = DOOR_DIRECTORY, maxMilliseconds = PATIENCE_MILLISECONDS } = {},
): Promise<Result> {
  const { holdStartDoor } = await import("@sluice/agent/process/start-door.ts");
  const door = await holdStartDoor(directory, maxMilliseconds);
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
