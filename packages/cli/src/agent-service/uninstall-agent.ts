import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { CommandFailed } from "../command-failed.ts";
import { removePrograms } from "./install-program.ts";
import { oneAtATime } from "./installing-door.ts";
import { LOG_FILE } from "./places.ts";
import { removeData, requireNoMountIn } from "./remove-data.ts";
import { removeUnit, stopBackground } from "./service.ts";

export interface UninstalledAgent {
  readonly hostId?: string | undefined;
  readonly hostName?: string | undefined;
  /** Why the server still lists the host; absent when it does not, or there was no enrolment. */
  readonly notRetired?: string | undefined;
}

/**
 * Stops the agent, which finishes the scripts that run, takes the host off the server, and removes whatever `install` made and the agent stored. What
 * deployments installed stays.
 */
export async function uninstallAgent(options: { readonly data: string }): Promise<UninstalledAgent> {
  if (process.getuid?.() !== 0) throw new CommandFailed("removing the agent needs root: run it with sudo");
  return oneAtATime(() => uninstall(options));
}

async function uninstall(options: { readonly data: string }): Promise<UninstalledAgent> {
  const { PROGRAMS_DIRECTORY } = await import("@sluice/agent/supervision/programs.ts");
  const { isEnrolled, readEnrolment } = await import("@sluice/agent/identity/enrolment-files.ts");
  const data = resolve(options.data);
  if (existsSync(data) && !isEnrolled(data) && !existsSync(PROGRAMS_DIRECTORY)) {
    throw new CommandFailed(`${data} is not an agent's directory, so nothing is removed. Name the agent's: --data DIR`);
  }
  if (isEnrolled(data)) await requireNoMountIn(data);
  await removeUnit();
  await stopBackground(data);
  let removed: UninstalledAgent = {};
  if (isEnrolled(data)) {
    const { retireHost } = await import("@sluice/agent/protocol/host-calls.ts");
    const notRetired = await retireHost(data);
    try {
      const { hostId, hostName } = readEnrolment(data);
      removed = { hostId, hostName, notRetired };
    } catch {
      removed = { notRetired };
    }
    await removeData(data);
  }
  rmSync(LOG_FILE, { force: true });
  removePrograms(PROGRAMS_DIRECTORY);
  return removed;
}
