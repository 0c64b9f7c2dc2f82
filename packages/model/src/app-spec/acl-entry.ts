import { AppSpecError } from "./app-spec-error.ts";

type AclEntryType = "user" | "group" | "mask" | "other";

/** Short and long names of what stands before the first or second colon. */
const TYPE_NAMES: Readonly<Record<string, AclEntryType>> = {
  u: "user",
  user: "user",
  g: "group",
  group: "group",
  m: "mask",
  mask: "mask",
  o: "other",
  other: "other",
};

/**
 * Normalises one entry of `acls` to `[default:]TYPE:NAME:rwx`. The entry is `[[default:]TYPE:]NAME:PERMISSIONS`, where
 * `default:` may also stand in the place of the type, `mask` and `other` in the place of a name, and the permissions are
 * letters of `rwx-` in any order and number, or one octal digit.
 */
export function normaliseAclEntry(entry: string): string {
  const parts = entry.split(":");
  const permissions = parts.pop() ?? "";
  const name = parts.pop();
  const qualifier = parts.pop();
  const scope = parts.pop();
  if (name === undefined || parts.length > 0) throw invalidEntry(entry);
  if (scope !== undefined && !isDefault(scope)) throw invalidEntry(entry);
  if (scope !== undefined && qualifier !== undefined && isDefault(qualifier)) throw invalidEntry(entry);

  const isForDefault = scope !== undefined || (qualifier !== undefined && isDefault(qualifier));
  const givenType = qualifier === undefined || isDefault(qualifier) ? null : typeNamed(qualifier, entry);
  const subject = readSubject(name, givenType);
  if ((subject.type === "mask" || subject.type === "other") && subject.name !== "") throw invalidEntry(entry);
  if (!isForDefault && subject.type !== "mask" && subject.name === "") {
    throw new AppSpecError(
      `The deployment failed because of a problem with the acls permission settings in the application specification file. Use mode to set the base acl entry (${entry}). ` +
        "Update the permissions section of the AppSpec file, and then try again.",
    );
  }
  return `${isForDefault ? "default:" : ""}${subject.type}:${subject.name}:${normalisePermissions(permissions, entry)}`;
}

function isDefault(part: string): boolean {
  return part === "d" || part === "default";
}

function typeNamed(part: string, entry: string): AclEntryType {
  const type = Object.hasOwn(TYPE_NAMES, part) ? TYPE_NAMES[part] : undefined;
  if (type === undefined) throw invalidEntry(entry);
  return type;
}

/** `m` and `o` mean a type where none is given, and the name in full where one is. Any other name is a user's. */
function readSubject(name: string, givenType: AclEntryType | null): { type: AclEntryType; name: string } {
  const typeInPlaceOfName = Object.hasOwn(TYPE_NAMES, name) ? TYPE_NAMES[name] : undefined;
  if (typeInPlaceOfName === "mask" || typeInPlaceOfName === "other") {
    return givenType === null ? { type: typeInPlaceOfName, name: "" } : { type: givenType, name: typeInPlaceOfName };
  }
  return { type: givenType ?? "user", name };
}

function normalisePermissions(permissions: string, entry: string): string {
  if (/^[0-7]$/.test(permissions)) {
    const bits = Number(permissions);
    return `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${bits & 1 ? "x" : "-"}`;
  }
  const stranger = [...permissions].find((permission) => !"rwx-".includes(permission));
  if (stranger !== undefined) {
    throw new AppSpecError(
      `The deployment failed because the access control list (ACL) named ${entry} in the application specification file contains an invalid character (${stranger}). ` +
        "Correct the ACL in the hooks section of the AppSpec file, and then try again.",
    );
  }
  return ["r", "w", "x"].map((permission) => (permissions.includes(permission) ? permission : "-")).join("");
}

function invalidEntry(entry: string): AppSpecError {
  return new AppSpecError(
    "The deployment failed because of a problem with the acls permission settings in the application specification file. " +
      `Invalid acl entry (${entry}).`,
  );
}
