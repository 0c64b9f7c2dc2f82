import { readdir, readFile } from "node:fs/promises";
import { signal } from "../process/child-process.ts";

/**
 * In the environment of every agent, and of what its hooks start, since the agent names it among the variables that scripts see: how the
 * processes of one run are found again.
 */
export const RUN_VARIABLE = "RUN_OF_SLUICE_UP";

async function holdsVariable(processId: number, assignment: string): Promise<boolean> {
  // Other users' environments cannot be read, and a process may end meanwhile: neither is ours.
  const environment = await readFile(`/proc/${processId}/environ`, "utf8").catch(() => "");
  return environment.split("\0").includes(assignment);
}

/** The processes that were started by the hosts of a run, services that their hooks left running included. */
export async function findProcessesOf(runId: string): Promise<number[]> {
  const processIds = (await readdir("/proc")).map(Number).filter((id) => Number.isInteger(id) && id !== process.pid);
  const found = await Promise.all(
    processIds.map(async (id) => [id, await holdsVariable(id, `${RUN_VARIABLE}=${runId}`)] as const),
  );
  return found.filter(([, isOfRun]) => isOfRun).map(([id]) => id);
}

/** Ends them all, and those that they start meanwhile. */
export async function killProcessesOf(runId: string): Promise<void> {
  for (let left = await findProcessesOf(runId); left.length > 0; left = await findProcessesOf(runId)) {
    for (const processId of left) signal(processId, "SIGKILL");
  }
}
