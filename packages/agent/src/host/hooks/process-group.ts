import { setTimeout as wait } from "node:timers/promises";
import { errorCodeOf } from "../event-failure.ts";

const LOOK_EVERY_MS = 25;

/** Ends a process group: TERM, then KILL for whoever is left after the grace. Resolves when nobody is. */
export async function endProcessGroup(leader: number, graceMilliseconds: number): Promise<void> {
  if (!signalGroup(leader, "SIGTERM")) return;
  const killAt = performance.now() + graceMilliseconds;
  while (performance.now() < killAt) {
    await wait(LOOK_EVERY_MS);
    if (!signalGroup(leader, 0)) return;
  }
  signalGroup(leader, "SIGKILL");
}

/** Whether there is such a group that this user may signal. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}
