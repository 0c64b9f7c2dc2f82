import { normaliseAclEntry } from "./acl-entry.ts";
import {
  type AppSpecOs,
  type AppSpecPermission,
  PERMISSION_TYPES,
  type PermissionType,
  type SelinuxContext,
} from "./app-spec.ts";
import { AppSpecError, atPlace } from "./app-spec-error.ts";
import { parseFileMode } from "./file-mode.ts";
import { noMethod } from "./reference-crash.ts";
import { normaliseSelinuxRange } from "./selinux-range.ts";
import { listOf, listOrNone, mapOf, member, misfit, placeOfItem, strip } from "./yaml-field.ts";
import type { YamlPlaces } from "./yaml-places.ts";
import {
  inspectYaml,
  isTruthy,
  isYamlList,
  isYamlMap,
  plainValue,
  type YamlMap,
  type YamlValue,
  yamlText,
} from "./yaml-value.ts";

const EVERYTHING = "**";

export function parsePermissions(section: YamlValue, os: AppSpecOs, places: YamlPlaces): readonly AppSpecPermission[] {
  return listOrNone(section, "permissions", "Write permissions as a list").map((entry, index) =>
    atPlace(placeOfItem(section, index, places), () => parsePermission(entry, os, `permissions[${index}]`)),
  );
}

/** The order of the checks decides which of several faults is named; it is the reference's. */
function parsePermission(entry: YamlValue, os: AppSpecOs, field: string): AppSpecPermission {
  const permission = mapOf(entry, field, "Write it as a mapping with the key object", "has_key?");
  const objectValue = permission.get("object") ?? null;
  if (objectValue === null) throw noObject();
  if (os !== "linux") {
    throw new AppSpecError(
      "The deployment failed because the application specification file specifiles file permissions, but the deployment is targeting one or more Windows Server instances. " +
        "Permissions are supported only for Amazon Linux, Ubuntu Server, and Red Hat Enterprise Linux (RHEL) instances. Update the permissions section of the AppSpec file, and then try again.",
    );
  }
  const pattern = permission.get("pattern") ?? null;
  const except = listOrNone(permission.get("except") ?? null, `${field}.except`, "Write except as a list");
  const type = parseTypes(permission, `${field}.type`);
  const mode = permission.get("mode") ?? null;
  const parsedMode = mode === null ? null : parseFileMode(yamlText(mode));
  const acls = parseAcls(permission, `${field}.acls`);
  const context = parseContext(permission, `${field}.context`);
  const object = strip(yamlText(objectValue));
  if (object === "") throw noObject();
  return {
    object,
    pattern: isTruthy(pattern) ? plainValue(pattern) : EVERYTHING,
    except: except.map(plainValue),
    type,
    owner: plainValue(permission.get("owner") ?? null),
    group: plainValue(permission.get("group") ?? null),
    mode: parsedMode,
    acls,
    context,
  };
}

function noObject(): AppSpecError {
  return new AppSpecError(
    "The deployment failed because a permission listed in the application specification file has no object value. " +
      "Update the permissions section of the AppSpec file, and then try again.",
  );
}

function parseTypes(permission: YamlMap, field: string): readonly PermissionType[] {
  const value = permission.get("type") ?? null;
  if (!isTruthy(value)) return PERMISSION_TYPES;
  return listOf(value, field, "Write type as a list, such as [file, directory]").map((type) => {
    const supported = PERMISSION_TYPES.find((name) => name === type);
    if (supported !== undefined) return supported;
    throw new AppSpecError(
      `The deployment failed because the application specification filespecifies a permission for an object type not supported for permissions (${yamlText(type)}). ` +
        "Update the permissions section of the AppSpec file, and then try again.",
    );
  });
}

function parseAcls(permission: YamlMap, field: string): readonly string[] | null {
  const value = permission.get("acls") ?? null;
  if (value === null) return null;
  return listOf(value, field, 'Write acls as a list, such as ["user:bob:rw"]').map((entry, index) => {
    if (typeof entry === "string") return normaliseAclEntry(entry);
    throw misfit(`${field}[${index}]`, entry, "Put the entry in quotes", noMethod("split", entry));
  });
}

function parseContext(permission: YamlMap, field: string): SelinuxContext | null {
  const context = permission.get("context") ?? null;
  if (context === null) return null;
  const type = member(context, "type", field);
  if (type === null) {
    throw new AppSpecError(
      `The deployment failed because the application specification file specifies an invalid context type (${inspectYaml(context)}). ` +
        "Update the permissions section of the AppSpec file, and then try again.",
    );
  }
  const range = member(context, "range", field);
  if (range !== null && typeof range !== "string") {
    const isCollection = isYamlList(range) || isYamlMap(range);
    throw misfit(
      `${field}.range`,
      range,
      "Put the range in quotes",
      noMethod(isCollection ? "split" : "include?", range),
    );
  }
  return {
    user: plainValue(member(context, "name", field)),
    type: plainValue(type),
    range: range === null ? null : normaliseSelinuxRange(range),
  };
}
