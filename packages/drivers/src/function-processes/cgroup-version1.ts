import { join } from "node:path";
import { readField, readNumber, writeLimit } from "./cgroup-files.ts";
import { type CgroupLayout, type CgroupPlace, MAX_ENVIRONMENT_PROCESSES } from "./cgroup-layout.ts";

/** A hierarchy for each controller; undefined: this machine has none of memory and processes that may be written. */
export function findVersion1({ files, root, name, lines }: CgroupPlace): CgroupLayout | undefined {
  const parentOf = (controller: string): string | undefined => {
    const [, controllers = "", path = ""] = lines.find(([, each]) => each?.split(",").includes(controller)) ?? [];
    if (controllers === "") return undefined;
    // In a container the path may be one that the container does not see; its own group is then the root.
    for (const folder of [join(root, controllers, path), join(root, controllers), join(root, controller, path)]) {
      const parent = join(folder, name);
      if (files.isGroup(folder) && files.make(parent)) return parent;
    }
    return undefined;
  };
  const memory = parentOf("memory");
  const pids = memory === undefined ? undefined : parentOf("pids");
  if (memory === undefined || pids === undefined) {
    if (memory !== undefined) files.remove(memory);
    return undefined;
  }
  const cpu = parentOf("cpu");
  const parents = [memory, pids, ...(cpu === undefined ? [] : [cpu])];
  return {
    parents,
    open: () => parents.every((parent) => files.make(parent)),
    limit: ([memoryFolder = "", pidsFolder = ""], memoryBytes) => {
      writeLimit(files, join(memoryFolder, "memory.limit_in_bytes"), memoryBytes);
      // Absent where the kernel does not count what is swapped out. Never below the limit of memory alone, so it comes second.
      files.write(join(memoryFolder, "memory.memsw.limit_in_bytes"), String(memoryBytes));
      files.write(join(memoryFolder, "memory.swappiness"), "0");
      writeLimit(files, join(pidsFolder, "pids.max"), MAX_ENVIRONMENT_PROCESSES);
    },
    memoryBytes: (folder) =>
      readNumber(files, join(folder, "memory.usage_in_bytes")) -
      readField(files, join(folder, "memory.stat"), "total_inactive_file"),
    peakBytes: (folder) => readNumber(files, join(folder, "memory.max_usage_in_bytes")),
    outOfMemoryKills: (folder) => readField(files, join(folder, "memory.oom_control"), "oom_kill"),
  };
}
