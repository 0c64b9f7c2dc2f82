import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureDirectory } from "../host/layout.ts";

/**
 * `ongoing-deployment/<deployment id>`, which holds the identifier of the command under way and nothing else, as the reference agent
 * writes and reads it: a host that moves from one agent to the other in mid-command still reports it.
 */
export interface TrackingFile {
  readonly deploymentId: string;
  readonly commandId: string;
}

/** Whatever the umask: who writes here names commands that the agent reports as failed. */
const FILE_MODE = 0o644;
export const TRACKING_DIRECTORY_NAME = "ongoing-deployment";
/** The reference agent drops older ones unseen (`deployment_command_tracker.rb`). */
export const TRACKING_FILE_STALE_MILLISECONDS = 24 * 60 * 60 * 1000;

export function writeTrackingFile(directory: string, deploymentId: string, commandId: string): void {
  const path = trackingPath(directory, deploymentId);
  try {
    writeFileSync(path, commandId, { mode: FILE_MODE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    ensureDirectory(dirname(path));
    writeFileSync(path, commandId, { mode: FILE_MODE });
  }
}

/** Removes it only while it names this command: the next event of the deployment may have written its own. */
export function removeTrackingFile(directory: string, deploymentId: string, commandId: string): void {
  if (readCommandId(trackingPath(directory, deploymentId)) === commandId) {
    rmSync(trackingPath(directory, deploymentId), { force: true });
  }
}

/** Those that are fresh enough to matter; the stale ones are removed. */
export function readTrackingFiles(directory: string): readonly TrackingFile[] {
  return listNames(join(directory, TRACKING_DIRECTORY_NAME)).flatMap((deploymentId) => {
    const path = trackingPath(directory, deploymentId);
    const ageMs = Date.now() - statSync(path).mtimeMs;
    const commandId = readCommandId(path);
    if (ageMs <= TRACKING_FILE_STALE_MILLISECONDS && commandId) return [{ deploymentId, commandId }];
    rmSync(path, { force: true, recursive: true });
    return [];
  });
}

function trackingPath(directory: string, deploymentId: string): string {
  return join(directory, TRACKING_DIRECTORY_NAME, deploymentId);
}

function readCommandId(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

function listNames(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
