import type { AppSpecFile, AppSpecPermission, AppSpecValue, FileMode, HookScript, PermissionType } from "./app-spec.ts";
import { AppSpecError } from "./app-spec-error.ts";

/** `source` is relative to the archive root (a leading `/` means that root); `destination` is a directory on the host. */
export interface FilePaths {
  readonly source: string;
  readonly destination: string;
}

/**
 * The paths of an entry of `files`. Throws {@link AppSpecError} when one of them is not text: the reference's parser lets
 * that pass and its Install fails. A list of names as a source is a path of these names, as it is there.
 */
export function filePaths(file: AppSpecFile): FilePaths {
  const source = Array.isArray(file.source)
    ? file.source.map((part: AppSpecValue) => requireText(part, "source of files")).join("/")
    : requireText(file.source, "source of files");
  return { source, destination: requireText(file.destination, "destination of files") };
}

/** An {@link AppSpecPermission} whose values Install can use. */
export interface PermissionRule {
  readonly object: string;
  readonly pattern: string;
  readonly except: readonly string[];
  readonly type: readonly PermissionType[];
  readonly owner: string | null;
  readonly group: string | null;
  readonly mode: FileMode | null;
  readonly acls: readonly string[] | null;
  readonly context: { readonly user: string | null; readonly type: string; readonly range: string | null } | null;
}

/**
 * A permission for Install. Throws {@link AppSpecError} for values that are not text: an unquoted `owner: 1000` is a number,
 * and an unquoted `group: 0100` is not even the number that it looks like.
 */
export function permissionRule(permission: AppSpecPermission): PermissionRule {
  const { object, type, mode, acls, context } = permission;
  const of = `in the permission for ${object}`;
  return {
    object: withoutZeroByte(object, "object of permissions"),
    type,
    mode,
    acls: acls?.map((entry) => withoutZeroByte(entry, `acls ${of}`)) ?? null,
    pattern: requireText(permission.pattern, `pattern ${of}`),
    except: permission.except.map((glob) => requireText(glob, `except ${of}`)),
    owner: textOrNone(permission.owner, `owner ${of}`),
    group: textOrNone(permission.group, `group ${of}`),
    context: context && {
      user: textOrNone(context.user, `context.name ${of}`),
      type: requireText(context.type, `context.type ${of}`),
      range: context.range,
    },
  };
}

function textOrNone(value: AppSpecValue, field: string): string | null {
  return value === null ? null : requireText(value, field);
}

/** Refuses a script that no host can look for, or run as its user. @throws AppSpecError */
export function checkScriptValues({ location, runas }: HookScript): void {
  withoutZeroByte(location, "location of a script");
  if (runas !== null) withoutZeroByte(runas, `runas of the script ${location}`);
}

/** No path, name, argument or variable can have one: each host would fail in words that do not say why. */
function withoutZeroByte(value: string, field: string): string {
  if (!value.includes("\0")) return value;
  const shown = JSON.stringify(value);
  throw new AppSpecError(
    `The deployment failed because the ${field.replaceAll("\0", "\\0")} in the application specification file has a zero byte (${shown}), which no path and no ` +
      "name can have. Remove it (in double quotes, YAML reads \\0 as one), and then try again.",
  );
}

function requireText(value: AppSpecValue, field: string): string {
  if (typeof value === "string") return withoutZeroByte(value, field);
  throw new AppSpecError(
    `The ${field} in the application specification file is not text: YAML reads it as ${JSON.stringify(value)}. Put it in quotes, and then try again.`,
  );
}
