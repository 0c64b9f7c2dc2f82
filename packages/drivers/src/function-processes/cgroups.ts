import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Processes and threads of one environment, as Lambda allows. */
export const MAX_ENVIRONMENT_PROCESSES = 1_024;

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
  create(environmentId: string, memoryBytes: number): EnvironmentCgroup;
  /** Ends and removes all that a former server has left. */
  removeLeft(): Promise<void>;
  /** Removes what environments are made in, where none is left. They can be made all the same, later. */
  close(): void;
}

/** What differs between the two versions. */
interface Layout {
  /** A folder for each controller, of which memory's is the first; version 2 has one for all. */
  readonly parents: readonly string[];
  limit(folders: readonly string[], memoryBytes: number): void;
  memoryBytes(folder: string): number;
  peakBytes(folder: string): number;
  outOfMemoryKills(folder: string): number;
}

const PAUSE_MILLISECONDS = 5;

/**
 * Control groups of our own, where this machine has them and this process may make them; undefined: it may not.
 * @param owner tells the functions of one server from those of another on the same machine: letters and digits
 */
export function findCgroups(owner: string, root = "/sys/fs/cgroup", own = "/proc/self/cgroup"): Cgroups | undefined {
  const name = `sluice-functions-${owner}`;
  const lines = readText(own)
    .split("\n")
    .map((line) => line.split(":"));
  const layout = findVersion2(lines, root, name) ?? findVersion1(lines, root, name);
  return layout && cgroupsOf(layout);
}

function findVersion1(lines: readonly (readonly string[])[], root: string, name: string): Layout | undefined {
  const parentOf = (controller: string): string | undefined => {
    const [, controllers = "", path = ""] = lines.find(([, each]) => each?.split(",").includes(controller)) ?? [];
    if (controllers === "") return undefined;
    // In a container the path may be one that the container does not see; its own group is then the root.
    for (const folder of [join(root, controllers, path), join(root, controllers), join(root, controller, path)]) {
      const parent = join(folder, name);
      if (isGroup(folder) && make(parent)) return parent;
    }
    return undefined;
  };
  const memory = parentOf("memory");
  const pids = parentOf("pids");
  if (memory === undefined || pids === undefined) return undefined;
  const cpu = parentOf("cpu");
  return {
    parents: [memory, pids, ...(cpu === undefined ? [] : [cpu])],
    limit: ([memoryFolder = "", pidsFolder = ""], memoryBytes) => {
      writeFileSync(join(memoryFolder, "memory.limit_in_bytes"), String(memoryBytes));
      // Absent where the kernel does not count what is swapped out.
      tryWrite(join(memoryFolder, "memory.memsw.limit_in_bytes"), String(memoryBytes));
      tryWrite(join(memoryFolder, "memory.swappiness"), "0");
      writeFileSync(join(pidsFolder, "pids.max"), String(MAX_ENVIRONMENT_PROCESSES));
    },
    memoryBytes: (folder) =>
      readNumber(join(folder, "memory.usage_in_bytes")) - readField(join(folder, "memory.stat"), "total_inactive_file"),
    peakBytes: (folder) => readNumber(join(folder, "memory.max_usage_in_bytes")),
    outOfMemoryKills: (folder) => readField(join(folder, "memory.oom_control"), "oom_kill"),
  };
}

function findVersion2(lines: readonly (readonly string[])[], root: string, name: string): Layout | undefined {
  const path = lines.find(([id]) => id === "0")?.[2];
  if (path === undefined) return undefined;
  const own = [join(root, path), root].find(isGroup);
  if (own === undefined || !readText(join(own, "cgroup.controllers")).split(/\s/).includes("memory")) return undefined;
  const parent = join(own, name);
  if (!allowControllers(own) || !make(parent) || !allowControllers(parent)) return undefined;
  return {
    parents: [parent],
    limit: ([folder = ""], memoryBytes) => {
      writeFileSync(join(folder, "memory.max"), String(memoryBytes));
      tryWrite(join(folder, "memory.swap.max"), "0");
      writeFileSync(join(folder, "pids.max"), String(MAX_ENVIRONMENT_PROCESSES));
    },
    memoryBytes: (folder) =>
      readNumber(join(folder, "memory.current")) - readField(join(folder, "memory.stat"), "inactive_file"),
    // Kernels before 5.19 do not keep it.
    peakBytes: (folder) => readNumber(join(folder, "memory.peak")) || readNumber(join(folder, "memory.current")),
    outOfMemoryKills: (folder) => readField(join(folder, "memory.events"), "oom_kill"),
  };
}

/** A group whose members are groups has no processes of its own: this one moves aside where it is in the way. */
function allowControllers(folder: string): boolean {
  const file = join(folder, "cgroup.subtree_control");
  const allow = () => tryWrite(file, "+memory +pids") && (tryWrite(file, "+cpu") || true);
  if (allow()) return true;
  const aside = join(folder, "sluice-server");
  const isAlone = readText(join(folder, "cgroup.procs")).trim() === String(process.pid);
  return isAlone && make(aside) && tryWrite(join(aside, "cgroup.procs"), String(process.pid)) && allow();
}

function cgroupsOf({ parents, ...layout }: Layout): Cgroups {
  const groupOf = (environmentId: string): EnvironmentCgroup => {
    const folders = parents.map((parent) => join(parent, environmentId));
    const [memory = ""] = folders;
    const processes = () => [
      ...new Set(
        folders.flatMap((folder) => readText(join(folder, "cgroup.procs")).split("\n").filter(Boolean).map(Number)),
      ),
    ];
    return {
      folders,
      memoryBytes: () => layout.memoryBytes(memory),
      peakBytes: () => layout.peakBytes(memory),
      outOfMemoryKills: () => layout.outOfMemoryKills(memory),
      processes,
      remove: async () => {
        for (const folder of folders) {
          while (isGroup(folder) && !tryRemove(folder)) {
            if (!tryWrite(join(folder, "cgroup.kill"), "1")) for (const pid of processes()) kill(pid);
            await pause(PAUSE_MILLISECONDS);
          }
        }
      },
    };
  };
  return {
    create: (environmentId, memoryBytes) => {
      const group = groupOf(environmentId);
      try {
        for (const folder of group.folders) mkdirSync(folder, { recursive: true });
        layout.limit(group.folders, memoryBytes);
      } catch (error) {
        // Nothing runs there.
        for (const folder of group.folders) tryRemove(folder);
        throw error;
      }
      return group;
    },
    removeLeft: async () => {
      const names = parents.flatMap((parent) => foldersIn(parent));
      await Promise.all([...new Set(names)].map((name) => groupOf(name).remove()));
    },
    close: () => {
      for (const parent of parents) tryRemove(parent);
    },
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

function isGroup(folder: string): boolean {
  try {
    readFileSync(join(folder, "cgroup.procs"));
    return true;
  } catch {
    return false;
  }
}

/** One that is there may be another user's. */
function make(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

function tryWrite(file: string, text: string): boolean {
  try {
    // Without O_CREAT: a folder of another kind has no such file, and gets none.
    writeFileSync(file, text, { flag: "r+" });
    return true;
  } catch {
    return false;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function readNumber(file: string): number {
  return Number.parseInt(readText(file), 10) || 0;
}

function readField(file: string, field: string): number {
  const line = readText(file)
    .split("\n")
    .find((each) => each.startsWith(`${field} `));
  return Number(line?.slice(field.length + 1) ?? 0) || 0;
}
