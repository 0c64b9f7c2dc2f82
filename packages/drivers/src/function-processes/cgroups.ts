import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type CgroupFiles, KERNEL_CGROUP_FILES, processesIn } from "./cgroup-files.ts";
import type { CgroupLayout, CgroupPlace } from "./cgroup-layout.ts";
import { findVersion1 } from "./cgroup-version1.ts";
import { findVersion2 } from "./cgroup-version2.ts";
import { descendantsOf } from "./process-tree.ts";

/** Where the processes of one environment are counted and bounded together. */
export interface EnvironmentCgroup {
  /** A process that is to belong to it writes 0 to `cgroup.procs` of each. */
  readonly folders: readonly string[];
  /** What its processes hold now. */
  memoryBytes(): number;
  /** The most that they held. */
  peakBytes(): number;
  /** How many of them ended because they wanted more than they may have. */
  outOfMemoryKills(): number;
  processes(): readonly number[];
  /** Ends all of its processes, and those that they start meanwhile, and removes it. */
  remove(): Promise<void>;
}

export interface Cgroups {
  /** The folders in which environments are made, for {@link removeLeftCgroups}. */
  readonly parents: readonly string[];
  create(environmentId: string, memoryBytes: number): EnvironmentCgroup;
  /** Removes what environments are made in, where none is left. They can be made all the same, later. */
  close(): void;
}

const PARENT_PREFIX = "sluice-functions-";
const PAUSE_MILLISECONDS = 5;
/** Of a process that is in the kernel, too, which ends when that lets it. */
const LEFT_PATIENCE_MILLISECONDS = 10_000;
const OWN_CGROUP_FILE = "/proc/self/cgroup";

/**
 * Control groups of our own, where this machine has them and this process may make them; or why not, as a clause with the cure.
 * @param owner tells the functions of one server from those of another on the same machine: letters and digits
 * @param found for tests
 */
export function findCgroups(owner: string, found: Partial<Omit<CgroupPlace, "name" | "lines">> = {}): Cgroups | string {
  const { files = KERNEL_CGROUP_FILES, root = "/sys/fs/cgroup", pid = process.pid } = found;
  const { ownProcesses = () => descendantsOf(pid) } = found;
  const lines = files
    .read(OWN_CGROUP_FILE)
    .split("\n")
    // A path may have colons.
    .map((line) => /^([0-9]+):([^:]*):(.*)$/.exec(line)?.slice(1) ?? []);
  const place = { files, root, pid, ownProcesses, lines, name: `${PARENT_PREFIX}${owner}` };
  const layout = findVersion2(place) ?? findVersion1(place);
  if (layout === undefined) {
    return `Sluice may not make groups of memory and processes in ${root}: run it as root, and in a container with that folder to write to`;
  }
  return typeof layout === "string" ? layout : cgroupsOf(layout, files);
}

function cgroupsOf({ parents, open, ...layout }: CgroupLayout, files: CgroupFiles): Cgroups {
  const groupOf = (environmentId: string): EnvironmentCgroup => {
    const folders = parents.map((parent) => join(parent, environmentId));
    const [memory = ""] = folders;
    return {
      folders,
      memoryBytes: () => layout.memoryBytes(memory),
      peakBytes: () => layout.peakBytes(memory),
      outOfMemoryKills: () => layout.outOfMemoryKills(memory),
      processes: () => [...new Set(folders.flatMap((folder) => processesIn(files, folder)))],
      remove: async () => {
        for (const folder of folders) await removeGroup(files, folder);
      },
    };
  };
  return {
    parents,
    create: (environmentId, memoryBytes) => {
      // Whoever closes before may have removed them; what they allow is gone with them.
      if (!parents.every((parent) => files.isGroup(parent)) && !open())
        throw new Error(`${parents.join(" and ")} cannot be made`);
      const group = groupOf(environmentId);
      try {
        const missing = group.folders.find((folder) => !files.make(folder));
        if (missing !== undefined) throw new Error(`the control group ${missing} cannot be made`);
        layout.limit(group.folders, memoryBytes);
        return group;
      } catch (error) {
        for (const folder of group.folders) files.remove(folder);
        throw error;
      }
    },
    close: () => {
      for (const parent of parents) files.remove(parent);
    },
  };
}

/**
 * Ends and removes what a former server has left, wherever it ran. Rejects where this one may not: it may be another user, or see the groups
 * of its machine without a right to write.
 * @param parents as it had them
 */
export async function removeLeftCgroups(
  parents: readonly string[],
  files = KERNEL_CGROUP_FILES,
  patienceMilliseconds = LEFT_PATIENCE_MILLISECONDS,
): Promise<void> {
  // Nobody else's, whatever is in the list.
  const own = parents.filter((parent) => basename(parent).startsWith(PARENT_PREFIX));
  const deadline = performance.now() + patienceMilliseconds;
  await Promise.all(own.map((parent) => removeGroup(files, parent, deadline)));
}

/** With the groups in it. */
async function removeGroup(files: CgroupFiles, folder: string, deadline = Number.POSITIVE_INFINITY): Promise<void> {
  while (files.isGroup(folder) && !files.remove(folder)) {
    if (!files.write(join(folder, "cgroup.kill"), "1")) {
      for (const pid of processesIn(files, folder)) files.kill(pid);
    }
    for (const inner of files.foldersIn(folder)) await removeGroup(files, inner, deadline);
    if (files.remove(folder)) return;
    if (performance.now() >= deadline) throw new Error(`the control group ${folder} cannot be removed`);
    await pause(PAUSE_MILLISECONDS);
  }
}
