import { visibleLine, visibleText } from "@sluice/model/visible-text.ts";
import { hostLabel } from "../printing.ts";
import type { DeploymentView } from "./deployment-view.ts";

/** Hosts that are told in full; the others are named. */
const HOSTS_IN_FULL_MAX = 3;

/** Why a deployment did not succeed: its error, and the failing hosts with event, script and the end of its log. */
export function failureReport(view: DeploymentView): string {
  const failed = view.targets.flatMap((target) => {
    const event = target.events.find(({ status }) => status === "Failed");
    return target.status === "Failed" ? [{ target, event }] : [];
  });
  // The deployment's own message ends with the first log tail, which is told below in full.
  const error = view.error?.split(" Log tail: ", 1)[0];
  const lines = [`${view.id} ${view.status}${error === undefined ? "" : `: ${error}`}`];
  for (const { target, event } of failed.slice(0, HOSTS_IN_FULL_MAX)) {
    lines.push("", `${hostLabel(target.name, target.id)} failed${event === undefined ? "" : ` in ${event.name}`}`);
    const failure = event?.failure;
    if (failure === undefined) continue;
    if (failure.scriptName !== "") lines.push(`  script: ${visibleLine(failure.scriptName)}`);
    lines.push(`  ${failure.errorCode}: ${failure.message}`);
    const tail = visibleText(failure.logTail).trimEnd();
    if (tail !== "") lines.push("  log tail:", ...tail.split("\n").map((line) => `    ${line}`));
  }
  const others = failed.slice(HOSTS_IN_FULL_MAX).map(({ target }) => hostLabel(target.name, target.id));
  if (others.length > 0) lines.push("", `Failed too: ${others.join(", ")}`);
  if (view.rollback !== undefined) lines.push("", view.rollback.message);
  return lines.join("\n");
}
