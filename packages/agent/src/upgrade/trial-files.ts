import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { flushDirectory, replaceFile } from "../host/durable-file.ts";
import { UPGRADE_FILES } from "../supervision/programs.ts";

/** `upgrade.json`, as the agent of before the switch wrote it. */
export interface PendingUpgrade {
  readonly version: string;
  readonly from: string;
  readonly sha256: string;
  readonly isDowngrade: boolean;
}

export interface Trial {
  readonly version: string;
  readonly isConfirmed: boolean;
  /** Why the supervisor runs the previous program again. */
  readonly restored: string | undefined;
}

/** Undefined: no program was replaced, or the server knows of it. */
export function readTrial(directory: string): Trial | undefined {
  const pending = read(directory, UPGRADE_FILES.pending);
  const restored = read(directory, UPGRADE_FILES.restored);
  if (pending === undefined) return undefined;
  return {
    version: versionIn(pending),
    isConfirmed: read(directory, UPGRADE_FILES.confirmed) !== undefined,
    restored: restored?.trim(),
  };
}

/**
 * From now on the next program that runs is on trial. What an earlier trial left must not decide this one, nor, without its own end, look like a trial that
 * goes on: the supervisor would switch to the next program on its account.
 */
export function beginTrial(directory: string, pending: PendingUpgrade): void {
  endTrial(directory);
  replaceFile(join(directory, UPGRADE_FILES.pending), `${JSON.stringify(pending)}\n`);
}

export function confirmTrial(directory: string): void {
  replaceFile(join(directory, UPGRADE_FILES.confirmed), "");
}

/** Without `upgrade.json` the others mean nothing: it goes first. */
export function endTrial(directory: string): void {
  rmSync(join(directory, UPGRADE_FILES.pending), { force: true });
  flushDirectory(directory);
  for (const name of [UPGRADE_FILES.confirmed, UPGRADE_FILES.restored]) rmSync(join(directory, name), { force: true });
}

function read(directory: string, name: string): string | undefined {
  try {
    return readFileSync(join(directory, name), "utf8");
  } catch {
    return undefined;
  }
}

function versionIn(text: string): string {
  try {
    const { version } = JSON.parse(text) as Partial<PendingUpgrade>;
    return typeof version === "string" ? version : "";
  } catch {
    return "";
  }
}
