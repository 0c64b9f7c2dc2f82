/**
 * The parsed form of a Server-platform application specification file (`appspec.yml`).
 *
 * Shapes follow what the reference agent makes of the file: absent optional values are `null`, lists are never absent.
 */
export interface AppSpec {
  readonly version: number;
  readonly os: AppSpecOs;
  readonly files: readonly AppSpecFile[];
  /**
   * Scripts per lifecycle event, in the order in which the file lists them; the object has no prototype. An event that is
   * listed with nothing is absent. Read it through `hookScripts`.
   */
  readonly hooks: Readonly<Record<string, readonly HookScript[]>>;
  readonly permissions: readonly AppSpecPermission[];
  readonly fileExistsBehavior: FileExistsBehavior | null;
  /** Ours alone: the reference ignores the key, and always copies. */
  readonly directoryLinkBehavior: DirectoryLinkBehavior | null;
}

export const APP_SPEC_OSES = ["linux", "windows"] as const;
export type AppSpecOs = (typeof APP_SPEC_OSES)[number];

/**
 * What YAML made of a field that the grammar does not check. The reference agent accepts `source: no` (a boolean) and trips
 * over it only at Install, so the type says so, and `filePaths` and `permissionRule` are where it is refused.
 */
export type AppSpecValue =
  | null
  | boolean
  | number
  | string
  | readonly AppSpecValue[]
  | { readonly [key: string]: AppSpecValue };

/** Neither value is `null`. Read them through `filePaths`. */
export interface AppSpecFile {
  readonly source: AppSpecValue;
  readonly destination: AppSpecValue;
}

export interface HookScript {
  /** Path of the script, relative to the archive root. */
  readonly location: string;
  /** A whole number above zero. A single script may name more than {@link HOOK_TIMEOUT_SECONDS}. */
  readonly timeoutSeconds: number;
  readonly runas: string | null;
  /** Whether the script is to run through sudo; anything in the file but nothing, `null` and `false` counts. */
  readonly sudo: boolean;
}

/** Read it through `permissionRule`, which refuses values that are not text. */
export interface AppSpecPermission {
  readonly object: string;
  readonly pattern: AppSpecValue;
  readonly except: readonly AppSpecValue[];
  readonly type: readonly PermissionType[];
  readonly owner: AppSpecValue;
  readonly group: AppSpecValue;
  readonly mode: FileMode | null;
  /** As the reference normalises them: `[default:](user|group|mask|other):[NAME]:(r|-)(w|-)(x|-)`. */
  readonly acls: readonly string[] | null;
  readonly context: SelinuxContext | null;
}

export const PERMISSION_TYPES = ["file", "directory"] as const;
export type PermissionType = (typeof PERMISSION_TYPES)[number];

/** `text` is as the reference normalises it: three digits at least. `value` are the mode bits. */
export interface FileMode {
  readonly text: string;
  readonly value: number;
}

export interface SelinuxContext {
  /** The file's `name`: the agent never reads the `user` that the documentation mentions. */
  readonly user: AppSpecValue;
  readonly type: AppSpecValue;
  /** As the reference normalises it: `sN[-sN][:cN[.cN][,cN[.cN]]…]`. */
  readonly range: string | null;
}

export const FILE_EXISTS_BEHAVIORS = ["DISALLOW", "OVERWRITE", "RETAIN"] as const;
export type FileExistsBehavior = (typeof FILE_EXISTS_BEHAVIORS)[number];

/** Whether a symbolic link to a directory of the bundle is installed as a link, or as a copy of that directory. The first is the default. */
export const DIRECTORY_LINK_BEHAVIORS = ["KEEP", "COPY"] as const;
export type DirectoryLinkBehavior = (typeof DIRECTORY_LINK_BEHAVIORS)[number];

/** The default of an event's script, and the most that the scripts of one event may add up to. */
export const HOOK_TIMEOUT_SECONDS = 3600;
