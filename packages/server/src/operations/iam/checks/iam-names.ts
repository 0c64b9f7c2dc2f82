import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import {
  MAX_IAM_DESCRIPTION_CHARACTERS,
  MAX_PATH_CHARACTERS,
  MAX_POLICY_NAME_CHARACTERS,
  MAX_ROLE_NAME_CHARACTERS,
  MAX_USER_NAME_CHARACTERS,
} from "./iam-limits.ts";

/** Of users, roles and policies. */
const NAME = /^[\w+=,.@-]+$/;
/** ARNs of hosts and functions begin with it, and whoever has a host's ARN speaks for the host. */
const RESERVED_PATH = /^\/sluice\//i;
const PATH = /^\/(?:[\x21-\x2e\x30-\x7e]+\/)*$/;

export function requireUserName(userName: string | undefined, member = "userName"): string {
  return requireName(userName, member, MAX_USER_NAME_CHARACTERS);
}

export function requireRoleName(roleName: string | undefined, member = "roleName"): string {
  return requireName(roleName, member, MAX_ROLE_NAME_CHARACTERS);
}

export function requirePolicyName(policyName: string | undefined, member = "policyName"): string {
  return requireName(policyName, member, MAX_POLICY_NAME_CHARACTERS);
}

function requireName(name: string | undefined, member: string, maxCharacters: number): string {
  if (!name) throw invalid(`${member} is missing.`);
  if (name.length > maxCharacters) {
    throw invalid(`${member} has ${name.length} characters: at most ${maxCharacters} are allowed.`);
  }
  if (NAME.test(name)) return name;
  throw invalid(`${member} is "${excerpt(name)}": it may hold letters, digits and + = , . @ _ - only.`);
}

/** `/` when none is given. */
export function requirePath(path: string | undefined, member = "path"): string {
  if (path === undefined || path === "/") return "/";
  if (RESERVED_PATH.test(path)) {
    throw invalid(
      `${member} is "${excerpt(path)}": /sluice/ is kept for the keys of hosts and functions; choose another.`,
    );
  }
  if (path.length <= MAX_PATH_CHARACTERS && PATH.test(path)) return path;
  throw invalid(
    `${member} is "${excerpt(path)}": it has to begin and end with a slash, such as /teams/, with at most ${MAX_PATH_CHARACTERS} characters and no blanks.`,
  );
}

/** Undefined: nothing was said. Null: none from now on. */
export function requireIamDescription(description: string | undefined): string | null | undefined {
  if (description === undefined) return undefined;
  if (description === "") return null;
  if (description.length <= MAX_IAM_DESCRIPTION_CHARACTERS) return description;
  throw invalid(
    `description has ${description.length} characters: at most ${MAX_IAM_DESCRIPTION_CHARACTERS} are allowed.`,
  );
}

export function invalid(message: string): CallerFault {
  return new CallerFault("ValidationException", message);
}

export function noSuchUser(userName: string): CallerFault {
  return new CallerFault(
    "NoSuchEntity",
    `The user with name ${excerpt(userName)} cannot be found: sluice users list shows those that there are.`,
  );
}

export function noSuchRole(roleName: string): CallerFault {
  return new CallerFault(
    "NoSuchEntity",
    `The role with name ${excerpt(roleName)} cannot be found: sluice roles list shows those that there are.`,
  );
}

export function noSuchPolicy(policy: string): CallerFault {
  return new CallerFault(
    "NoSuchEntity",
    `Policy ${excerpt(policy)} does not exist or is not attachable: sluice policies list shows those that there are, and sluice users show and sluice roles show inline ones.`,
  );
}
