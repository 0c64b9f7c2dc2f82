import { countHosts, hostLabel } from "../printing.ts";
import { type DeploymentView, isTargetOver } from "./deployment-view.ts";

const SILENT_STATUSES = new Set(["Pending", "Skipped"]);

/**
 * What is new in a deployment since it was last looked at, a line for each change: for pipes and log files.
 * @param before undefined at the first look
 */
export function progressLines(before: DeploymentView | undefined, after: DeploymentView): string[] {
  const lines: string[] = [];
  if (before === undefined) lines.push(`${after.id} ${after.application}/${after.group}`);
  if (after.targets.length !== (before?.targets.length ?? 0)) {
    lines.push(`${after.id} on ${countHosts(after.targets.length)}`);
  }
  for (const message of after.statusMessages) {
    if (!before?.statusMessages.includes(message)) lines.push(`${after.id} note: ${message}`);
  }
  const known = new Map(before?.targets.map((target) => [target.id, target]));
  for (const target of after.targets) {
    const label = hostLabel(target.name, target.id);
    const previous = known.get(target.id);
    for (const [index, event] of target.events.entries()) {
      const was = previous?.events[index]?.status ?? "Pending";
      // A host that is skipped is one line, not one for each event that it does not have.
      if (event.status !== was && !SILENT_STATUSES.has(event.status))
        lines.push(`${label} ${event.name} ${event.status}`);
    }
    if (isTargetOver(target) && target.status !== previous?.status) lines.push(`${label} ${target.status}`);
  }
  if (after.status !== before?.status) lines.push(`${after.id} ${after.status}`);
  if (after.wait !== undefined && after.wait !== before?.wait) lines.push(`${after.id} ${after.wait}`);
  return lines;
}
