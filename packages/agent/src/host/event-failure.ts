import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { AGENT_ERROR_CODES, type AgentErrorCode } from "@sluice/model/diagnostics.ts";
import { diskIsFull } from "@sluice/model/disk-full.ts";
import type { CommandOutcome } from "./lifecycle-command.ts";

/** An event that failed for a reason that its author or operator can act on; becomes a {@link CommandOutcome}. */
export class EventFailure extends Error {
  readonly errorCode: AgentErrorCode;
  readonly scriptName: string;
  /** What helps to cure it but does not belong to the reference agent's sentence; goes into the event's log. */
  readonly hint: string;
  readonly exitCode: number | undefined;

  constructor(
    message: string,
    details: {
      readonly errorCode?: AgentErrorCode;
      readonly scriptName?: string;
      readonly hint?: string;
      readonly exitCode?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "EventFailure";
    this.errorCode = details.errorCode ?? AGENT_ERROR_CODES.unknownError;
    this.scriptName = details.scriptName ?? "";
    this.hint = details.hint ?? "";
    this.exitCode = details.exitCode;
  }
}

/** The reference agent's message for an event that ended well. */
const SUCCEEDED_MESSAGE = "Succeeded";

export function succeeded(log = ""): CommandOutcome {
  return { errorCode: AGENT_ERROR_CODES.success, scriptName: "", message: SUCCEEDED_MESSAGE, log };
}

/** An event that ended well, though its operator should know something. */
export function succeededWith(warnings: readonly string[]): CommandOutcome {
  if (warnings.length === 0) return succeeded();
  const outcome = succeeded(warnings.map((warning) => `${warning}\n`).join(""));
  return { ...outcome, message: `${SUCCEEDED_MESSAGE}, with a warning: ${warnings.join(" ")}` };
}

/** Anything that was thrown, as an outcome. What is not an {@link EventFailure} keeps its own words with code 5. */
export function failed(error: unknown, log = ""): CommandOutcome {
  if (error instanceof EventFailure) {
    const { errorCode, scriptName, message, hint, exitCode } = error;
    const outcome = { errorCode, scriptName, message, log: log === "" && hint !== "" ? `${hint}\n` : log };
    return exitCode === undefined ? outcome : { ...outcome, exitCode };
  }
  return { errorCode: AGENT_ERROR_CODES.unknownError, scriptName: "", message: describeError(error), log };
}

/** A system error in words that name the cure where one is known (`ENOSPC`, `EACCES`, `EROFS`). */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = errorCodeOf(error) ?? "";
  if (code === "ENOSPC") return `${fullDiskOf(error)} (${error.message})`;
  const cure = (isRoot() ? CURES_AS_ROOT[code] : undefined) ?? CURES[code];
  return cure === undefined ? error.message : `${cure} (${error.message})`;
}

export function errorCodeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Of bytes, or of files: `df -h` shows nothing of these. */
function fullDiskOf(error: Error): string {
  const again = "deploy again";
  const directory = directoryOf((error as NodeJS.ErrnoException).path);
  if (directory === undefined) return diskIsFull("The disk", { again });
  const { files, ffree } = statfsSync(directory);
  if (files === 0 || ffree > 0) return diskIsFull(`The disk of ${directory}`, { again, directory });
  return `The disk of ${directory} has no room for another file (inodes). Remove files from it, then ${again}: df -i ${directory}`;
}

/** The nearest that is there. */
function directoryOf(path: string | undefined): string | undefined {
  if (path === undefined || !path.startsWith("/")) return undefined;
  let directory = dirname(path);
  while (directory !== "/" && !existsSync(directory)) directory = dirname(directory);
  return directory;
}

const CURES: Readonly<Record<string, string>> = {
  EDQUOT: "The disk quota of the agent's user is used up. Raise it or free some space, then deploy again",
  EROFS: "The file system is mounted read-only. Remount it writable, then deploy again",
  EACCES:
    "The agent's user does not have permission to do this. Run the agent as root, or give its user the permission",
  EPERM: "The agent's user does not have permission to do this. Run the agent as root, or give its user the permission",
  EMFILE: "The agent has too many files open. Raise its limit of open files (LimitNOFILE=), then deploy again",
};

const REFUSED_TO_ROOT =
  "The file system refuses this even to root: it can be a network file system that does not trust this host's root (NFS with root_squash, EFS), one without " +
  "links or owners (FAT, CIFS), or the file is immutable (lsattr). Change the destination, or the file system's export or mount options";

const CURES_AS_ROOT: Readonly<Record<string, string>> = { EACCES: REFUSED_TO_ROOT, EPERM: REFUSED_TO_ROOT };

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}
