import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { cleanupEntries } from "../host/install/cleanup.ts";
import {
  type GroupFiles,
  groupFilesOf,
  INSTRUCTIONS_DIRECTORY_NAME,
  isGroupName,
  pointedName,
} from "../host/layout.ts";

/** What a host keeps of a deployment group, in an agent's directory: ours or AWS's, whose layouts are the same. */
export interface GroupRecords {
  readonly groupId: string;
  readonly files: GroupFiles;
  /** Names of the deployments that the pointers name. */
  readonly lastSuccessful: string | undefined;
  readonly mostRecent: string | undefined;
  readonly installedAt: Date;
  /** Files and directories that the next Install removes. */
  readonly installed: readonly string[];
}

const POINTER = /^(.+)_(?:last_successful|most_recent)_install$/;

/** Those with a pointer, by id. */
export function listGroupRecords(rootDirectory: string): readonly GroupRecords[] {
  const names = new Set<string>();
  for (const name of readNames(join(rootDirectory, INSTRUCTIONS_DIRECTORY_NAME))) {
    const groupId = POINTER.exec(name)?.[1];
    if (groupId !== undefined && isGroupName(groupId)) names.add(groupId);
  }
  return [...names].sort().map((groupId) => readGroupRecords(rootDirectory, groupId)!);
}

/** Undefined: there is no pointer for such a group. */
export function readGroupRecords(rootDirectory: string, groupId: string): GroupRecords | undefined {
  const files = groupFilesOf(rootDirectory, groupId);
  const pointers = [files.lastSuccessfulInstallFile, files.mostRecentInstallFile];
  const there = pointers.filter((file) => existsSync(file));
  if (there.length === 0) return undefined;
  return {
    groupId,
    files,
    lastSuccessful: pointedName(files.lastSuccessfulInstallFile),
    mostRecent: pointedName(files.mostRecentInstallFile),
    installedAt: new Date(Math.max(...there.map((file) => statSync(file).mtimeMs))),
    installed: existsSync(files.cleanupFile) ? [...cleanupEntries(readFileSync(files.cleanupFile))] : [],
  };
}

function readNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
