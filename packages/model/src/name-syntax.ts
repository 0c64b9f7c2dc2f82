import { MAX_NAME_CHARACTERS } from "./limits.ts";

const NAME_PATTERN = /^[A-Za-z0-9._+=,@-]+$/;
const DEPLOYMENT_ID_PATTERN = /^d-[A-Z0-9]{9}$/;

/** For messages: what {@link isName} accepts. */
export const NAME_RULE = `1 to ${MAX_NAME_CHARACTERS} letters, digits and . _ + = , @ -`;
/** For messages: what {@link isDeploymentId} accepts. */
export const DEPLOYMENT_ID_RULE = "d- and nine capital letters or digits, such as d-A1B2C3D4E";

export const DEPLOYMENT_ID_PREFIX = "d-";
export const DEPLOYMENT_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
export const DEPLOYMENT_ID_CHARACTERS = 9;

/** Whether `name` may name an application, a deployment group, a deployment configuration. */
export function isName(name: string): boolean {
  return name.length <= MAX_NAME_CHARACTERS && NAME_PATTERN.test(name);
}

export function isDeploymentId(id: string): boolean {
  return DEPLOYMENT_ID_PATTERN.test(id);
}
