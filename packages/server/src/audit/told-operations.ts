import { S3_OPERATIONS } from "@sluice/bucket/protocol/s3-operations.ts";
import { nearestName } from "@sluice/model/nearest-name.ts";
import { type Action, PASS_ROLE } from "../access/action.ts";
import { GRANTS } from "../access/grants.ts";

/** Actions that are asked for beside the one that a call is named by. */
const NEVER_ASKED_ALONE: ReadonlySet<string> = new Set<Action>([PASS_ROLE, "sluice:SpeakForHost"]);
/** Lines of what is no action; `Unknown` is a call of which nobody could tell what it asks. */
const OTHERS = ["ConsoleLogin", "ConsoleLogout", "AuditLinesLost", "Unknown"];

/** What lines are called by: the actions' names, and those of S3's operations, whose actions have others. */
const TOLD_OPERATIONS: ReadonlySet<string> = new Set([
  ...Object.keys(GRANTS)
    .filter((action) => !action.startsWith("s3:") && !NEVER_ASKED_ALONE.has(action))
    .map((action) => action.slice(action.indexOf(":") + 1)),
  ...S3_OPERATIONS,
  ...OTHERS,
]);

/** Of a name that no line can have: that, and what was probably meant, as the end of a sentence; undefined: a line may have it. */
export function noSuchOperation(name: string): string | undefined {
  if (TOLD_OPERATIONS.has(name)) return undefined;
  const near = nearestName(name.slice(name.lastIndexOf(":") + 1), [...TOLD_OPERATIONS]);
  const cure = near === undefined ? "give its name in full, such as CreateDeployment" : `write ${near}`;
  return `there is no such operation: ${cure}`;
}
