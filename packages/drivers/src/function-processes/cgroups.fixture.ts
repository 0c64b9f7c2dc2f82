import { basename, dirname, join } from "node:path";
import type { CgroupFiles } from "./cgroup-files.ts";

interface Group {
  readonly files: Map<string, string>;
  readonly processes: Set<number>;
}

const CONTROLLER_FILES: Readonly<Record<string, readonly string[]>> = {
  memory: [
    "memory.max",
    "memory.current",
    "memory.peak",
    "memory.swap.max",
    "memory.oom.group",
    "memory.events",
    "memory.stat",
  ],
  pids: ["pids.max"],
  cpu: ["cpu.weight"],
};

/**
 * Control groups of version 2 as the kernel's Documentation/admin-guide/cgroup-v2.rst describes them: controllers come from the parent's
 * `cgroup.subtree_control`, which a group with processes of its own cannot set, and a group that is not empty cannot be removed.
 */
export class PlayedCgroups2 implements CgroupFiles {
  readonly groups = new Map<string, Group>();
  /** `+memory +pids > /sys/fs/cgroup/a/cgroup.subtree_control` */
  readonly written: string[] = [];
  readonly killed: number[] = [];
  /** Beneath which this process may write; the kernel's root group is none of them. */
  readonly #delegated: string;
  readonly #ownCgroup: string;
  /** Files that this kernel does not know yet. */
  readonly #unknown: readonly string[];

  /** @param path of this process's own group, `/unit` */
  constructor(path: string, controllers: string, processes: readonly number[], unknown: readonly string[] = []) {
    this.#delegated = join("/sys/fs/cgroup", path);
    this.#ownCgroup = `0::${path}\n`;
    this.#unknown = unknown;
    this.#add(this.#delegated, controllers.split(" "));
    for (const pid of processes) this.#group(this.#delegated).processes.add(pid);
  }

  read(file: string): string {
    if (file === "/proc/self/cgroup") return this.#ownCgroup;
    const group = this.groups.get(dirname(file));
    if (basename(file) === "cgroup.procs") return group ? [...group.processes].map((pid) => `${pid}\n`).join("") : "";
    return group?.files.get(basename(file)) ?? "";
  }

  write(file: string, text: string): boolean {
    const group = this.groups.get(dirname(file));
    const name = basename(file);
    if (!group?.files.has(name) || !file.startsWith(this.#delegated)) return false;
    if (!this.#take(dirname(file), group, name, text)) return false;
    this.written.push(`${text} > ${file}`);
    return true;
  }

  make(folder: string): boolean {
    if (this.groups.has(folder)) return true;
    const parent = this.groups.get(dirname(folder));
    if (!parent || !folder.startsWith(`${this.#delegated}/`)) return false;
    this.#add(folder, (parent.files.get("cgroup.subtree_control") ?? "").split(" ").filter(Boolean));
    return true;
  }

  remove(folder: string): boolean {
    const group = this.groups.get(folder);
    if (!group || group.processes.size > 0 || this.foldersIn(folder).length > 0) return false;
    return this.groups.delete(folder);
  }

  isGroup(folder: string): boolean {
    return this.groups.has(folder);
  }

  foldersIn(folder: string): readonly string[] {
    return [...this.groups.keys()].filter((each) => dirname(each) === folder);
  }

  kill(pid: number): void {
    this.killed.push(pid);
    for (const { processes } of this.groups.values()) processes.delete(pid);
  }

  /** Puts what the kernel counted into a file. */
  set(file: string, text: string): void {
    this.#group(dirname(file)).files.set(basename(file), text);
  }

  #take(folder: string, group: Group, name: string, text: string): boolean {
    switch (name) {
      case "cgroup.procs":
        // A group that hands controllers down has no processes.
        if (group.files.get("cgroup.subtree_control") !== "") return false;
        for (const { processes } of this.groups.values()) processes.delete(Number(text));
        group.processes.add(Number(text));
        return true;
      case "cgroup.kill":
        for (const [each, { processes }] of this.groups) if (`${each}/`.startsWith(`${folder}/`)) processes.clear();
        return true;
      case "cgroup.subtree_control": {
        const asked = text.split(" ").map((each) => each.slice(1));
        const offered = (group.files.get("cgroup.controllers") ?? "").split(" ");
        // Busy: processes are in the leaves alone.
        if (group.processes.size > 0 || !asked.every((each) => offered.includes(each))) return false;
        const enabled = new Set([...(group.files.get(name) ?? "").split(" ").filter(Boolean), ...asked]);
        group.files.set(name, [...enabled].join(" "));
        return true;
      }
      default:
        if (name === "cgroup.controllers" || name === "memory.events") return false;
        group.files.set(name, text);
        return true;
    }
  }

  #add(folder: string, controllers: readonly string[]): void {
    const names = ["cgroup.procs", "cgroup.kill", ...controllers.flatMap((each) => CONTROLLER_FILES[each] ?? [])];
    const files = new Map(names.filter((name) => !this.#unknown.includes(name)).map((name) => [name, ""]));
    files.set("cgroup.controllers", controllers.join(" ")).set("cgroup.subtree_control", "");
    this.groups.set(folder, { files, processes: new Set() });
  }

  #group(folder: string): Group {
    const group = this.groups.get(folder);
    if (!group) throw new Error(`there is no group ${folder}`);
    return group;
  }
}

/** Of version 1: a hierarchy for each controller, all of which may be written. */
export class PlayedCgroups1 implements CgroupFiles {
  readonly folders = new Set<string>();
  readonly written: string[] = [];
  readonly killed: number[] = [];
  readonly processes = new Map<string, readonly number[]>();
  readonly #own: string;

  constructor(controllers: readonly string[], path: string) {
    this.#own = controllers.map((each, index) => `${index + 1}:${each}:${path}\n`).join("");
    for (const each of controllers) this.folders.add(join("/sys/fs/cgroup", each, path));
  }

  read(file: string): string {
    if (file === "/proc/self/cgroup") return this.#own;
    if (basename(file) === "memory.oom_control") return "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n";
    return basename(file) === "cgroup.procs" ? (this.processes.get(dirname(file)) ?? []).join("\n") : "";
  }

  write(file: string, text: string): boolean {
    // There is no file to end a whole group.
    if (!this.folders.has(dirname(file)) || basename(file) === "cgroup.kill") return false;
    this.written.push(`${text} > ${file}`);
    return true;
  }

  make(folder: string): boolean {
    if (!this.folders.has(dirname(folder))) return false;
    this.folders.add(folder);
    return true;
  }

  remove(folder: string): boolean {
    if ((this.processes.get(folder) ?? []).length > 0 || this.foldersIn(folder).length > 0) return false;
    return this.folders.delete(folder);
  }

  isGroup(folder: string): boolean {
    return this.folders.has(folder);
  }

  foldersIn(folder: string): readonly string[] {
    return [...this.folders].filter((each) => dirname(each) === folder);
  }

  kill(pid: number): void {
    this.killed.push(pid);
    for (const [folder, pids] of this.processes) {
      this.processes.set(
        folder,
        pids.filter((each) => each !== pid),
      );
    }
  }
}
