import type { DeploymentActionView, DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { revisionWords } from "../../../parts/revision-words.ts";

/** What the server would take by itself, as its command names it. */
export function proposed({ command }: DeploymentActionView, earlier: readonly DeploymentSummary[]): string | undefined {
  const named = / --to (\S+)/.exec(command)?.[1];
  return named ?? earlier[0]?.deploymentId;
}

/** The server's command, with what was chosen. */
export function commandFor(command: string, to: string | undefined): string {
  if (to === undefined) return command;
  return command.includes(" --to ") ? command.replace(/ --to \S+/, ` --to ${to}`) : `${command} --to ${to}`;
}

/** The server's words are of the one that it proposes; of another its name stands in them. */
export function consequenceOf(
  { command, consequence }: DeploymentActionView,
  chosen: DeploymentSummary | undefined,
): string {
  if (chosen === undefined || command.includes(` --to ${chosen.deploymentId}`)) return consequence;
  const rest = consequence.replace(/^Deploys .*? again(?: \(the group's last successful revision\))?/, "");
  return `Deploys ${revisionWords(chosen.revision)?.detail ?? "its revision"} of ${chosen.deploymentId} again${rest}`;
}
