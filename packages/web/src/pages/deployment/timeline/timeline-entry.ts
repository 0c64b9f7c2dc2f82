import type { EventWords } from "@sluice/model/deployment-event-words.ts";

export type TimelineKind = EventWords["kind"] | "batch";
export type TimelineTone = "neutral" | "progress" | "success" | "danger" | "warning" | "attention";

export interface TimelineEntry {
  /** Stays the same, so that a link to it stays true. */
  readonly key: string;
  readonly at: Date;
  readonly kind: TimelineKind;
  readonly tone: TimelineTone;
  readonly title: string;
  readonly detail?: string | undefined;
  /** The key that did it. */
  readonly accessKeyId?: string | undefined;
  /** Targets that it is about, for links. */
  readonly targets?: readonly { readonly targetId: string; readonly hostName: string; readonly event?: string }[];
}
