import type { ShiftView } from "@sluice/wire/sluice/sluice-api.ts";

/** Where the traffic is and what comes next: `20 % of the traffic has moved; paused since 2026-11-28T11:26:12Z`. A time of day, since a line is read later. */
export function shiftWords({
  percent,
  askedPercent,
  askedSince,
  nextPercent,
  nextAt,
  pausedSince,
  isOpen,
}: ShiftView): string {
  const parts = [`${percent} % of the traffic has moved`];
  if (askedPercent !== undefined) {
    parts.push(`${askedPercent} % were asked for${askedSince ? ` at ${timeOf(askedSince)}` : ""}`);
  }
  if (pausedSince !== undefined) parts.push(`paused since ${timeOf(pausedSince)}`);
  else if (isOpen && nextPercent !== undefined && nextAt !== undefined) {
    parts.push(`${nextPercent} % at ${timeOf(nextAt)}`);
  }
  return parts.join("; ");
}

/** The steps of the past with their times, then those to come: `10 % 11:26:12 · 40 % 11:27:13 · then 70 %, 100 %`. */
export function stepWords({ steps }: ShiftView): string {
  const past = steps.flatMap(({ percent, at }) => (at ? [`${percent} % ${timeOfDay(at)}`] : []));
  const ahead = steps.filter(({ at }) => at === undefined).map(({ percent }) => `${percent} %`);
  return [...past, ...(ahead.length > 0 ? [`then ${someSteps(ahead)}`] : [])].join(" · ");
}

/** How a person lets a shift on that goes by its schedule, or is held; empty: it cannot be changed. */
export function gateCommands({ isOpen, pausedSince, askedPercent }: ShiftView, deploymentId: string): string {
  if (!isOpen) return "";
  if (pausedSince !== undefined) return `To let it go on: sluice shift resume ${deploymentId}`;
  const next = askedPercent === undefined ? `To end this step now: sluice shift next ${deploymentId}. ` : "";
  return `${next}To hold it: sluice shift pause ${deploymentId}`;
}

const STEPS_SHOWN = 4;

function someSteps(steps: readonly string[]): string {
  if (steps.length <= STEPS_SHOWN) return steps.join(", ");
  return `${steps.slice(0, STEPS_SHOWN - 1).join(", ")} … ${steps.at(-1)}`;
}

export function timeOf(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

function timeOfDay(time: Date): string {
  return time.toISOString().slice(11, 19);
}
