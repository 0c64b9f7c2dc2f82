import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { killQuietly } from "./process-tree.ts";

/** The kernel's files of control groups, as far as they are needed here. */
export interface CgroupFiles {
  /** Empty where there is no such file, or it cannot be read. */
  read(file: string): string;
  /** Whether the kernel took it. */
  write(file: string, text: string): boolean;
  /** Whether the group is there now, to be written: one that was there may be another user's. */
  make(folder: string): boolean;
  /** Whether it is gone: only one without processes and groups can be removed. */
  remove(folder: string): boolean;
  isGroup(folder: string): boolean;
  foldersIn(folder: string): readonly string[];
  kill(pid: number): void;
}

export const KERNEL_CGROUP_FILES: CgroupFiles = {
  read: (file) => tryTo(() => readFileSync(file, "utf8")) ?? "",
  // Without O_CREAT: a folder of another kind has no such file, and gets none.
  write: (file, text) => succeeds(() => writeFileSync(file, text, { flag: "r+" })),
  make: (folder) =>
    succeeds(() => {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
    }),
  remove: (folder) => succeeds(() => rmdirSync(folder)),
  isGroup: (folder) => succeeds(() => readFileSync(join(folder, "cgroup.procs"))),
  foldersIn: (folder) =>
    (tryTo(() => readdirSync(folder, { withFileTypes: true })) ?? [])
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name)),
  kill: killQuietly,
};

/** The processes of a group itself, without those of the groups in it. */
export function processesIn(files: CgroupFiles, folder: string): readonly number[] {
  return files.read(join(folder, "cgroup.procs")).split("\n").filter(Boolean).map(Number);
}

export function readNumber(files: CgroupFiles, file: string): number {
  return Number.parseInt(files.read(file), 10) || 0;
}

/** Of a file with a name and a number on each line. */
export function readField(files: CgroupFiles, file: string, field: string): number {
  const line = files
    .read(file)
    .split("\n")
    .find((each) => each.startsWith(`${field} `));
  return Number(line?.slice(field.length + 1) ?? 0) || 0;
}

/** @throws Error that names the file */
export function writeLimit(files: CgroupFiles, file: string, limit: number): void {
  if (!files.write(file, String(limit))) throw new Error(`the limit ${limit} cannot be written to ${file}`);
}

function tryTo<Value>(act: () => Value): Value | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

function succeeds(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
