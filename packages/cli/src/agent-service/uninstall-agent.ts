import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { CommandFailed } from "../command-failed.ts";
import { removePrograms } from "./install-program.ts";
import { oneAtATime } from "./installing-door.ts";
import { AGENT_DATA_DIRECTORY, LOG_FILE } from "./places.ts";
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
  const { ENROLMENT_FILE_NAMES, readEnrolment } = await import("@sluice/agent/identity/enrolment-files.ts");
  const data = resolve(options.data);
  // An enrolment of which a part is gone has a key all the same.
  const isEnrolled = Object.values(ENROLMENT_FILE_NAMES).some((name) => existsSync(join(data, name)));
  const isAgents = isEnrolled || (data === AGENT_DATA_DIRECTORY && existsSync(data));
  if (existsSync(data) && !isAgents && !existsSync(PROGRAMS_DIRECTORY)) {
    throw new CommandFailed(`${data} is not an agent's directory, so nothing is removed. Name the agent's: --data DIR`);
  }
  if (isAgents) await requireNoMountIn(data);
  await removeUnit();
  await stopBackground(data);
  let removed: UninstalledAgent = {};
  if (isEnrolled) {
    const { retireHost } = await import("@sluice/agent/protocol/host-calls.ts");
    const isWhole = existsSync(join(data, ENROLMENT_FILE_NAMES.agent));
    const notRetired = isWhole
      ? await retireHost(data)
      : "a part of its enrolment was gone, so it could not tell the server";
    try {
      const { hostId, hostName } = readEnrolment(data);
      removed = { hostId, hostName, notRetired };
    } catch {
      removed = { notRetired };
    }
  }
  if (isAgents) await removeData(data);
  rmSync(LOG_FILE, { force: true });
  removePrograms(PROGRAMS_DIRECTORY);
  return removed;
}
