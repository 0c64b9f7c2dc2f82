import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { errorCodeOf } from "../event-failure.ts";

const FIRST_LOOK_MILLISECONDS = 10;
/** Looking means reading every process of the host, so it becomes rarer the longer the group takes. */
const LOOK_AT_MOST_EVERY_MILLISECONDS = 200;

/** Ends a process group: TERM, then KILL for whoever is left after the grace. */
export async function endProcessGroup(leader: number, graceMilliseconds: number): Promise<void> {
  if (!signalGroup(leader, "SIGTERM")) return;
  const killAt = performance.now() + graceMilliseconds;
  for (
    let pause = FIRST_LOOK_MILLISECONDS;
    performance.now() < killAt;
    pause = Math.min(2 * pause, LOOK_AT_MOST_EVERY_MILLISECONDS)
  ) {
    await wait(Math.min(pause, Math.max(killAt - performance.now(), 0)));
    if (!signalGroup(leader, 0) || !hasLiveMember(leader)) return;
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

/** A group also counts its dead until somebody reaps them, which in a container without an init nobody does. */
function hasLiveMember(group: number): boolean {
  let names: readonly string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return true;
  }
  return names.some((name) => /^\d+$/.test(name) && isLiveMember(name, group));
}

function isLiveMember(processId: string, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, "latin1");
    // The program's name may hold blanks and brackets, so the fields are counted from its end.
    const [state, , groupId] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(groupId) === group && state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}
