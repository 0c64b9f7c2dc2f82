import { excerpt } from "@sluice/model/excerpt.ts";
import { invalid } from "./member-rules.ts";

/** What clusters, services and families may be called, as in ECS. */
const NAME = /^[A-Za-z0-9_-]{1,255}$/;
export const MAX_ECS_NAME_CHARACTERS = 255;
/** What a call means that names no cluster. */
export const DEFAULT_CLUSTER = "default";

/** @param member as the call has it */
export function requireEcsName(name: string | undefined, member: string): string {
  if (name === undefined || name === "") throw invalid(`${member} must be specified.`);
  if (NAME.test(name)) return name;
  throw invalid(
    `${member} ${excerpt(name)} is not valid: use 1 to ${MAX_ECS_NAME_CHARACTERS} letters, digits, hyphens and underscores.`,
  );
}
