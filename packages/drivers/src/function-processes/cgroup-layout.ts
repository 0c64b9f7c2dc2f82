import type { CgroupFiles } from "./cgroup-files.ts";

/** Processes and threads of one environment, as Lambda allows. */
export const MAX_ENVIRONMENT_PROCESSES = 1_024;

/** What differs between the two versions of control groups. */
export interface CgroupLayout {
  /** What environments are made in: a folder for each controller, of which memory's is the first; version 2 has one for all. */
  readonly parents: readonly string[];
  /** Makes them, ready for environments; idempotent. Whether they are there. */
  open(): boolean;
  limit(folders: readonly string[], memoryBytes: number): void;
  memoryBytes(folder: string): number;
  peakBytes(folder: string): number;
  outOfMemoryKills(folder: string): number;
}

/** Where to look. */
export interface CgroupPlace {
  readonly files: CgroupFiles;
  /** Where they are mounted. */
  readonly root: string;
  /** Of the folder that all environments of one server are in. */
  readonly name: string;
  /** The lines of /proc/self/cgroup: number of the hierarchy, controllers, path. */
  readonly lines: readonly (readonly string[])[];
  /** This process, and those that it has started. */
  readonly ownProcesses: () => readonly number[];
  readonly pid: number;
}
