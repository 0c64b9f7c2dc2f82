import { readdirSync, readFileSync, statSync } from "node:fs";
import { pause } from "./back-off.ts";
import { SCRIPT_MARK_VARIABLE } from "./script-mark.ts";

/** One process group for certain: numbers are used again, the start of its leader in this boot is not. */
export interface ProcessGroup {
  readonly groupId: number;
  /** Field 22 of `/proc/PID/stat`: clock ticks from boot to the leader's start. */
  readonly startTicks: string;
  readonly bootId: string;
}

/** `gone`: nothing was left to end, or nothing that is certainly ours. */
export type GroupEnding = "gone" | "terminated" | "killed";

/** What a script gets between SIGTERM and SIGKILL. */
export const GROUP_TERM_GRACE_MILLISECONDS = 10_000;
const GROUP_KILL_GRACE_MILLISECONDS = 2_000;
const GROUP_LOOK_EVERY_MILLISECONDS = 25;
const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";

export function currentBootId(): string {
  try {
    return readFileSync(BOOT_ID_FILE, "utf8").trim();
  } catch {
    return ""; // not Linux: no group is ever taken for ours
  }
}

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
  const groups = processNames()
    .filter(
      (name) =>
        isOwnProcess(name) &&
        readProcessStat(Number(name))?.groupId === Number(name) &&
        readEnvironment(name).includes(variable),
    )
    .map((name) => identifyProcessGroup(Number(name)))
    .filter((group) => group !== undefined);
  return groups.sort((one, other) => Number(one.startTicks) - Number(other.startTicks))[0];
}

/**
 * Ends a group that an earlier agent left behind: SIGTERM, and SIGKILL after the grace. Only while its leader lives with the start
 * time that was recorded; otherwise the number may belong to somebody else.
 */
export async function endProcessGroup(
  group: ProcessGroup,
  termGraceMs = GROUP_TERM_GRACE_MILLISECONDS,
): Promise<GroupEnding> {
  if (!isSameGroup(group)) return "gone";
  signalGroup(group.groupId, "SIGTERM");
  if (await isEmptyWithin(group.groupId, termGraceMs)) return "terminated";
  signalGroup(group.groupId, "SIGKILL");
  await isEmptyWithin(group.groupId, GROUP_KILL_GRACE_MILLISECONDS);
  return "killed";
}

function isSameGroup(group: ProcessGroup): boolean {
  if (group.bootId === "" || group.bootId !== currentBootId()) return false;
  const leader = readProcessStat(group.groupId);
  return leader !== undefined && leader.startTicks === group.startTicks && leader.groupId === group.groupId;
}

async function isEmptyWithin(groupId: number, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (hasLiveMembers(groupId)) {
    if (performance.now() >= deadline) return false;
    await pause(GROUP_LOOK_EVERY_MILLISECONDS);
  }
  return true;
}

/** By looking at every process, since `kill(-group, 0)` also finds zombies that nobody reaps (a container without an init). */
function hasLiveMembers(groupId: number): boolean {
  return processNames().some((name) => readProcessStat(Number(name))?.groupId === groupId);
}

function processNames(): string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // not Linux
  }
}

function readEnvironment(processName: string): readonly string[] {
  try {
    return readFileSync(`/proc/${processName}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

function isOwnProcess(processName: string): boolean {
  return statSync(`/proc/${processName}`, { throwIfNoEntry: false })?.uid === process.geteuid?.();
}

function signalGroup(groupId: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Undefined for a process that is gone or a zombie. */
function readProcessStat(pid: number): { readonly groupId: number; readonly startTicks: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // "pid (name) state ppid pgrp …": the name may hold anything, so count from its last parenthesis.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, , groupId] = fields;
  if (state === undefined || state === "Z" || state === "X") return undefined;
  return { groupId: Number(groupId), startTicks: fields[19] ?? "" };
}
