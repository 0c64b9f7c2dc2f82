import type { Action } from "../access/action.ts";
import { GRANTS } from "../access/grants.ts";

/**
 * What a call is to the audit. `change`: it is written. `read`: it changes nothing, and is written when it is refused. `told-read`: it changes
 * nothing and is written all the same. `agent`: agents send it all the time, so it is written when it is refused.
 */
export type ActionKind = "change" | "read" | "told-read" | "agent";

/**
 * Where the grants do not say it: a key that may only read may make itself a way into the console, a backup holds every key, and nobody who
 * only reads asks for the parts of an upload.
 */
const OTHERS: Readonly<Record<string, ActionKind>> = {
  "sluice:CreateConsoleLink": "change",
  "sluice:EnrolHost": "change",
  "s3:ListMultipartUploadParts": "read",
  "sluice:TakeBackup": "told-read",
  "sluice:GetAgentProgram": "told-read",
  "sluice:HostHeartbeat": "agent",
  "sluice:PutHostLogs": "agent",
  "sluice:SpeakForHost": "agent",
  "sluice:ProveHearing": "agent",
};

const AGENTS = "codedeploy-commands:";

/** Told by the one table of grants: what the read-only key may do is a read. A test holds that the names of all actions agree. */
export function kindOf(action: Action): ActionKind {
  if (Object.hasOwn(OTHERS, action)) return OTHERS[action]!;
  if (action.startsWith(AGENTS)) return "agent";
  return GRANTS[action]?.["read-only"] === "allowed" ? "read" : "change";
}
