import type { IconName } from "./icon.tsx";

/** How a state looks. Never by its colour alone: an icon of its own shape and the word go with it. */
export type Tone = "neutral" | "progress" | "success" | "danger" | "warning" | "attention";

export interface StatusLook {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly label: string;
}

/** Of deployments, targets, lifecycle events, hosts and alarms, as the API calls them. */
const LOOKS: Readonly<Record<string, StatusLook>> = {
  Created: { tone: "neutral", icon: "dashed-circle", label: "Created" },
  Queued: { tone: "neutral", icon: "dashed-circle", label: "Queued" },
  Pending: { tone: "neutral", icon: "dashed-circle", label: "Pending" },
  InProgress: { tone: "progress", icon: "progress", label: "In progress" },
  Baking: { tone: "progress", icon: "clock", label: "Baking" },
  Succeeded: { tone: "success", icon: "check-circle", label: "Succeeded" },
  Failed: { tone: "danger", icon: "error", label: "Failed" },
  Stopped: { tone: "warning", icon: "stop", label: "Stopped" },
  Ready: { tone: "attention", icon: "bell", label: "Ready" },
  Skipped: { tone: "neutral", icon: "skip", label: "Skipped" },
  Unknown: { tone: "neutral", icon: "info", label: "Unknown" },
  alive: { tone: "success", icon: "check-circle", label: "Alive" },
  dark: { tone: "danger", icon: "error", label: "Dark" },
  unknown: { tone: "warning", icon: "warning", label: "Unknown" },
  declared: { tone: "neutral", icon: "dashed-circle", label: "Declared" },
  enrolled: { tone: "neutral", icon: "circle", label: "Enrolled" },
  retired: { tone: "neutral", icon: "minus", label: "Retired" },
  OK: { tone: "success", icon: "check-circle", label: "OK" },
  ALARM: { tone: "danger", icon: "bell", label: "Alarm" },
  INSUFFICIENT_DATA: { tone: "neutral", icon: "dashed-circle", label: "Insufficient data" },
  UNREADABLE: { tone: "warning", icon: "warning", label: "Unreadable" },
  Current: { tone: "success", icon: "check", label: "Current" },
  Old: { tone: "warning", icon: "history", label: "Old" },
};

/** Of a word that this version does not know: the word itself. */
export function statusLook(status: string): StatusLook {
  return LOOKS[status] ?? { tone: "neutral", icon: "circle", label: status };
}
