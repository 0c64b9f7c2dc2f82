import { deploymentEventWords, type EventWords } from "@sluice/model/deployment-event-words.ts";
import type { StreamEvent } from "../grid/apply-events.ts";
import { wholeText } from "../logs/ansi.ts";
import type { TimelineEntry, TimelineTone } from "./timeline-entry.ts";

const TONES: Readonly<Record<EventWords["kind"], TimelineTone>> = {
  start: "progress",
  stage: "progress",
  shift: "progress",
  wait: "warning",
  trouble: "danger",
  person: "attention",
  other: "neutral",
  end: "neutral",
};
const END_TONES: Readonly<Record<string, TimelineTone>> = {
  deploymentSucceeded: "success",
  deploymentFailed: "danger",
  deploymentStopped: "warning",
};

/** An event of the deployment as an entry of its timeline; undefined: one that the grid tells better. */
export function eventEntry({ eventId, at, type, body }: StreamEvent): TimelineEntry | undefined {
  const words = deploymentEventWords(type, body);
  if (words === undefined) return undefined;
  const detail = words.detail === undefined ? undefined : wholeText(words.detail);
  return {
    key: `event-${eventId}`,
    at,
    tone: END_TONES[type] ?? TONES[words.kind],
    ...words,
    title: wholeText(words.title),
    detail,
  };
}
