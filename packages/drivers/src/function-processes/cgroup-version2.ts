import { basename, dirname, join } from "node:path";
import { processesIn, readField, readNumber, writeLimit } from "./cgroup-files.ts";
import { type CgroupLayout, type CgroupPlace, MAX_ENVIRONMENT_PROCESSES } from "./cgroup-layout.ts";

/** The group that the server itself moves to: one whose members are groups has no processes of its own, but for the kernel's root. */
const SERVER_GROUP = "sluice-server";
/** What is started meanwhile is started in the group that is to become empty. */
const MOVE_ATTEMPTS = 3;
const DELEGATE = "run Sluice as a service of its own, with Delegate=yes in its unit";

/**
 * One hierarchy for all controllers, as the kernel's Documentation/admin-guide/cgroup-v2.rst says: controllers are handed down from group to group by
 * `cgroup.subtree_control`, in a group that has no processes of its own.
 * @returns a clause that says why it cannot be used; undefined: this machine has none
 */
export function findVersion2(place: CgroupPlace): CgroupLayout | string | undefined {
  const { files, root, name, lines } = place;
  const path = lines.find(([id]) => id === "0")?.[2];
  if (path === undefined) return undefined;
  const found = [join(root, path), root].find((folder) => files.isGroup(folder));
  if (found === undefined) return undefined;
  // A former look moved this process there, or whoever started it.
  const own = basename(found) === SERVER_GROUP ? dirname(found) : found;
  const offered = files.read(join(own, "cgroup.controllers")).trim().split(/\s+/);
  const missing = ["memory", "pids"].filter((controller) => !offered.includes(controller));
  // Beside hierarchies of version 1 that have them.
  if (missing.length > 0 && lines.some(([, controllers]) => controllers?.split(",").includes("memory")))
    return undefined;
  if (missing.length > 0) return `${own} has no controller ${missing.join(" and ")}: ${DELEGATE}`;
  const parent = join(own, name);
  const trouble = handDown(own, place);
  if (trouble !== undefined) return trouble;
  const open = () => files.make(parent) && allowControllers(parent, place);
  if (!open()) {
    files.remove(parent);
    return `${own} may not be written: ${DELEGATE}`;
  }
  return {
    parents: [parent],
    open,
    limit: ([folder = ""], memoryBytes) => {
      writeLimit(files, join(folder, "memory.max"), memoryBytes);
      // Absent where the kernel counts no swap.
      files.write(join(folder, "memory.swap.max"), "0");
      // All of its processes end or none, whichever of them was the largest. Kernels before 4.19 do not know it.
      files.write(join(folder, "memory.oom.group"), "1");
      writeLimit(files, join(folder, "pids.max"), MAX_ENVIRONMENT_PROCESSES);
    },
    memoryBytes: (folder) =>
      readNumber(files, join(folder, "memory.current")) -
      readField(files, join(folder, "memory.stat"), "inactive_file"),
    // Kernels before 5.19 do not keep it.
    peakBytes: (folder) =>
      readNumber(files, join(folder, "memory.peak")) || readNumber(files, join(folder, "memory.current")),
    outOfMemoryKills: (folder) => readField(files, join(folder, "memory.events"), "oom_kill"),
  };
}

/** The processor is shared by groups only where that is allowed, too. */
function allowControllers(folder: string, { files }: CgroupPlace): boolean {
  const file = join(folder, "cgroup.subtree_control");
  if (!files.write(file, "+memory +pids")) return false;
  files.write(file, "+cpu");
  return true;
}

/** Lets groups in this process's own one have controllers; this process moves aside where it is in the way. Why not, as a clause; undefined: done. */
function handDown(own: string, place: CgroupPlace): string | undefined {
  const { files, pid } = place;
  if (allowControllers(own, place)) return undefined;
  const aside = join(own, SERVER_GROUP);
  const moved: number[] = [];
  for (let attempt = 0; attempt < MOVE_ATTEMPTS; attempt += 1) {
    const inTheWay = processesIn(files, own);
    const mine = new Set([pid, ...place.ownProcesses()]);
    const others = inTheWay.filter((each) => !mine.has(each));
    if (others.length > 0) {
      moveBack(own, aside, moved, place);
      return `other processes (${others.slice(0, 3).join(", ")}) are in its control group ${own}: ${DELEGATE}`;
    }
    if (inTheWay.length > 0 && !files.make(aside)) break;
    for (const each of inTheWay) if (files.write(join(aside, "cgroup.procs"), String(each))) moved.push(each);
    if (allowControllers(own, place)) return undefined;
  }
  moveBack(own, aside, moved, place);
  return `${own} may not be written: ${DELEGATE}`;
}

function moveBack(own: string, aside: string, moved: readonly number[], { files }: CgroupPlace): void {
  for (const each of moved) files.write(join(own, "cgroup.procs"), String(each));
  files.remove(aside);
}
