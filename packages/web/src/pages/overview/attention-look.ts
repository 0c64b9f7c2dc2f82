import type { Attention } from "@sluice/wire/sluice/console-api.ts";
import type { IconName } from "../../design/icon.tsx";
import type { Tone } from "../../design/status.ts";

export interface AttentionLook {
  readonly icon: IconName;
  readonly tone: Tone;
  /** Read before the sentence. */
  readonly label: string;
}

const LOOKS: Readonly<Record<string, AttentionLook>> = {
  "ready-deployment": { icon: "bell", tone: "attention", label: "Ready" },
  "paused-shift": { icon: "pause", tone: "attention", label: "Paused" },
  "unanswered-hook": { icon: "clock", tone: "warning", label: "Hook without an answer" },
  "rolled-back-group": { icon: "undo", tone: "warning", label: "Rolled back" },
  "dark-host": { icon: "server", tone: "danger", label: "Dark host" },
  "firing-alarm": { icon: "warning", tone: "danger", label: "Alarm" },
  "server-trouble": { icon: "error", tone: "danger", label: "Server" },
};
const OTHER: AttentionLook = { icon: "info", tone: "neutral", label: "Notice" };

export function attentionLook(kind: string): AttentionLook {
  return LOOKS[kind] ?? OTHER;
}

/** An action of a deployment that ends the wait, as ActOnDeployment calls it, and what its button says. */
export function waitEndedBy(kind: string): { readonly action: string; readonly label: string } | undefined {
  if (kind === "ready-deployment") return { action: "continue", label: "Continue" };
  if (kind === "paused-shift") return { action: "resume", label: "Resume" };
  return undefined;
}

export function attentionKey(attention: Attention): string {
  const { kind, applicationName, deploymentGroupName, deploymentId, hostId, alarmName, summary } = attention;
  const subject = [applicationName, deploymentGroupName, deploymentId, hostId, alarmName].filter(Boolean);
  return [kind, ...(subject.length > 0 ? subject : [summary])].join(" ");
}

/** A fleet that goes dark is one matter: of more hosts than this the first are shown, and how many more there are. */
const HOSTS_SHOWN = 3;

export interface ShownAttention {
  readonly rows: readonly Attention[];
  readonly moreDarkHosts: number;
}

export function shownAttention(attention: readonly Attention[]): ShownAttention {
  const dark = attention.filter(({ kind, hostId }) => kind === "dark-host" && hostId !== undefined);
  const left = new Set(dark.slice(HOSTS_SHOWN));
  return { rows: attention.filter((each) => !left.has(each)), moreDarkHosts: left.size };
}
