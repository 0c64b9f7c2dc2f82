/**
 * The parsed form of a Server-platform application specification file (`appspec.yml`).
 *
 * Shapes follow what the reference agent makes of the file: absent optional values are `null`, lists are never absent.
 */
export interface AppSpec {
  readonly version: number;
  readonly os: "linux" | "windows";
  readonly files: readonly AppSpecFile[];
  /** Scripts per lifecycle event, in the order in which the file lists them. */
  readonly hooks: Readonly<Record<string, readonly HookScript[]>>;
  readonly permissions: readonly AppSpecPermission[];
  readonly fileExistsBehavior: FileExistsBehavior | null;
}

/** `source` is relative to the archive root (a leading `/` means that root); `destination` is a directory on the host. */
export interface AppSpecFile {
  readonly source: string;
  readonly destination: string;
}

export interface HookScript {
  /** Path of the script, relative to the archive root. */
  readonly location: string;
  readonly timeoutSeconds: number;
  readonly runas: string | null;
  /** Whether the script is to run through sudo; anything truthy in the file counts. */
  readonly sudo: boolean;
}

export interface AppSpecPermission {
  readonly object: string;
  readonly pattern: string;
  readonly except: readonly string[];
  readonly type: readonly ("file" | "directory")[];
  readonly owner: string | null;
  readonly group: string | null;
  readonly mode: FileMode | null;
  /** Kept as written, applied later: the agent refuses to claim that it set them. */
  readonly acls: readonly string[] | null;
  readonly context: SelinuxContext | null;
}

/** `text` is as the reference normalises it: three digits, or four when a special bit is set. `value` are the mode bits. */
export interface FileMode {
  readonly text: string;
  readonly value: number;
}

export interface SelinuxContext {
  readonly user: string | null;
  readonly type: string;
  readonly range: { readonly low: string; readonly high: string } | null;
}

export const FILE_EXISTS_BEHAVIORS = ["DISALLOW", "OVERWRITE", "RETAIN"] as const;
export type FileExistsBehavior = (typeof FILE_EXISTS_BEHAVIORS)[number];

/** The default of an event's script, and the most that the scripts of one event may add up to. */
export const HOOK_TIMEOUT_SECONDS = 3600;
