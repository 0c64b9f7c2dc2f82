import { nearestName } from "@sluice/model/nearest-name.ts";
import type { Action } from "./action.ts";
import { GRANTS } from "./grants.ts";

/** What only people do. */
const PEOPLES: ReadonlySet<string> = new Set(["sluice:CreateConsoleLink"]);

/** Of Sluice's own operations those that change something and still may be a program's: all others that change are the administrator's. */
const OWN_CHANGES: ReadonlySet<string> = new Set(["sluice:ChangeShift", "sluice:AcknowledgeRollback"]);

/** A function is not asked for `iam:PassRole`: if it may do one of these, it has the rights of every Role. */
const OTHERS_RIGHTS: ReadonlySet<string> = new Set([
  "iam:PassRole",
  "lambda:CreateFunction",
  "lambda:UpdateFunctionCode",
  "lambda:UpdateFunctionConfiguration",
]);

/** Why sluice.yml may not give the action to the Role of a function, as the end of a sentence that names it; undefined: it may. */
export function whyNotGiven(action: string): string | undefined {
  const missing = noSuchAction(action);
  if (missing !== undefined || !isAction(action)) return missing;
  if (action.startsWith("codedeploy-commands:")) return "it is for hosts alone: leave it out";
  const { host, "read-only": reader } = GRANTS[action];
  const isRead = reader === "allowed" && host === undefined;
  if (PEOPLES.has(action) || (action.startsWith("sluice:") && !isRead && !OWN_CHANGES.has(action))) {
    return "it is for administrators, hosts or the server itself: leave it out";
  }
  if (OTHERS_RIGHTS.has(action)) {
    return "it would give the function the rights of every other function: leave it out";
  }
  return undefined;
}

export function isAction(text: string): text is Action {
  return Object.hasOwn(GRANTS, text);
}

/** Of what is no action: that, and what was probably meant, as the end of a sentence. */
export function noSuchAction(text: string): string | undefined {
  return isAction(text) ? undefined : `there is no such action${meantAction(text)}`;
}

/** Begins with a colon. */
function meantAction(text: string): string {
  const [service = ""] = text.split(":");
  const actions = Object.keys(GRANTS);
  const meant = actions.find((action) => action.toLowerCase() === text.toLowerCase());
  if (meant !== undefined) return `: write ${meant}`;
  const services = [...new Set(actions.map((action) => action.slice(0, action.indexOf(":"))))];
  const near = nearestName(
    text,
    actions.filter((action) => action.startsWith(`${service}:`)),
  );
  if (near !== undefined) return `: write ${near}`;
  return services.includes(service)
    ? `: ${service} has no operation of this name here`
    : `: the services are ${services.join(", ")}`;
}
