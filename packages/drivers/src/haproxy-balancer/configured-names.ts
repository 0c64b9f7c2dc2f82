import { createHash } from "node:crypto";

/** Ids are ARNs, and names of HAProxy's may have no `/`; the same id always has the same name. */
const NAME_DIGITS = 16;

export const backendName = (groupId: string) => named("g", groupId);
export const frontendName = (listenerId: string) => named("l", listenerId);
/** Of a rule, or of a listener's default action. */
export const actionName = (listenerId: string, ruleId: string | null) =>
  named("a", JSON.stringify([listenerId, ruleId]));
/** `generation`: how often a server of this id was put in anew. Each time it is another one to HAProxy, without a past. */
export const serverName = (serverId: string, generation: number) => `${named("s", serverId)}-${generation}`;

function named(kind: string, id: string): string {
  return `${kind}_${digestOf(id)}`;
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, NAME_DIGITS);
}
