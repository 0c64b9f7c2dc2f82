import { pause } from "./back-off.ts";
import { monotonicMs } from "./monotonic-time.ts";
import { currentBootId, isOwnProcess, processIds, readEnvironment, readProcessStat } from "./process-table.ts";
import { SCRIPT_MARK_VARIABLE } from "./script-mark.ts";

/** One process group for certain: numbers are used again, the start of its leader in this boot is not. */
export interface ProcessGroup {
  readonly groupId: number;
  /** When its leader started, in clock ticks from boot. */
  readonly startTicks: string;
  readonly bootId: string;
}

/** `gone`: nothing was left to end, or nothing that is certainly ours. */
export type GroupEnding = "gone" | "terminated" | "killed";

/** What a script that an earlier agent left gets between SIGTERM and SIGKILL. */
export const GROUP_TERM_GRACE_MILLISECONDS = 10_000;
const GROUP_KILL_GRACE_MILLISECONDS = 2_000;
const FIRST_LOOK_MILLISECONDS = 10;
/** Looking means reading every process of the host, so it becomes rarer the longer the group takes. */
const LOOK_AT_MOST_EVERY_MILLISECONDS = 200;

/** The group that `leader` leads, or undefined when it leads none, is gone already, or this is not Linux. */
export function identifyProcessGroup(leader: number): ProcessGroup | undefined {
  const stat = readProcessStat(leader);
  const bootId = currentBootId();
  if (stat?.groupId !== leader || bootId === "") return undefined;
  return { groupId: leader, startTicks: stat.startTicks, bootId };
}

/**
 * The group of a script that an agent started and could not write down before it was killed: its leader has the script's mark, which no
 * other user of this host can know. What the script itself has started since has it too, and is younger.
 *
 * Only processes of the agent's own user are asked (with `runas`, the leader is root's runuser): a process decides what memory its environment is,
 * which may be endless, or a file that never answers (FUSE).
 */
export function findScriptGroup(mark: string): ProcessGroup | undefined {
  const variable = `${SCRIPT_MARK_VARIABLE}=${mark}`;
  const groups = (processIds() ?? [])
    .filter((id) => isOwnProcess(id) && readProcessStat(id)?.groupId === id && readEnvironment(id).includes(variable))
    .map(identifyProcessGroup)
    .filter((group) => group !== undefined);
  return groups.sort((one, other) => Number(one.startTicks) - Number(other.startTicks))[0];
}

/**
 * Ends a group that an earlier agent left behind. Only while its leader lives with the start time that was recorded; otherwise the number
 * may belong to somebody else.
 */
export async function endLeftGroup(
  group: ProcessGroup,
  termGraceMs = GROUP_TERM_GRACE_MILLISECONDS,
): Promise<GroupEnding> {
  if (!isSameGroup(group)) return "gone";
  const ending = await endProcessGroup(group.groupId, termGraceMs);
  if (ending === "killed") await isEmptyWithin(group.groupId, GROUP_KILL_GRACE_MILLISECONDS);
  return ending;
}

/** Ends a group whose number is certain: SIGTERM, then SIGKILL for whoever is left after the grace, whose end is not waited for. */
export async function endProcessGroup(groupId: number, termGraceMs: number): Promise<GroupEnding> {
  if (!signalGroup(groupId, "SIGTERM")) return "gone";
  if (await isEmptyWithin(groupId, termGraceMs)) return "terminated";
  signalGroup(groupId, "SIGKILL");
  return "killed";
}

function isSameGroup(group: ProcessGroup): boolean {
  if (group.bootId === "" || group.bootId !== currentBootId()) return false;
  const leader = readProcessStat(group.groupId);
  return leader !== undefined && leader.startTicks === group.startTicks && leader.groupId === group.groupId;
}

async function isEmptyWithin(groupId: number, milliseconds: number): Promise<boolean> {
  const deadline = monotonicMs() + milliseconds;
  for (
    let lookAgainMs = FIRST_LOOK_MILLISECONDS;
    hasLiveMember(groupId);
    lookAgainMs = Math.min(2 * lookAgainMs, LOOK_AT_MOST_EVERY_MILLISECONDS)
  ) {
    const leftMs = deadline - monotonicMs();
    if (leftMs <= 0) return false;
    await pause(Math.min(lookAgainMs, leftMs));
  }
  return true;
}

/** By looking at every process, since a group also counts its dead until somebody reaps them, which in a container without an init nobody does. */
function hasLiveMember(groupId: number): boolean {
  if (!signalGroup(groupId, 0)) return false;
  const ids = processIds();
  return ids === undefined || ids.some((id) => readProcessStat(id)?.groupId === groupId);
}

/** Whether there is such a group that this user may signal. */
function signalGroup(groupId: number, signal: "SIGTERM" | "SIGKILL" | 0): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}
