import type { SseFrame } from "./sse-parser.ts";

/** Something happened to a deployment, as it is kept in the order of events. */
export interface DeploymentEvent {
  readonly kind: "event";
  /** Its position in the stream of all deployments, as answers that are followed by events name theirs. */
  readonly eventId: number;
  readonly deploymentId: string;
  readonly sequence: number;
  readonly at: Date;
  readonly type: string;
  /** What its type has besides. */
  readonly body: Readonly<Record<string, unknown>>;
}
/** Output of a target's scripts was stored. */
export interface LogsNotice {
  readonly kind: "logs";
  readonly deploymentId: string;
  readonly targetId: string;
}
export type ChangedNoun =
  | "applications"
  | "groups"
  | "configs"
  | "revisions"
  | "hosts"
  | "keys"
  | "alarms"
  | "services"
  | "functions";
export interface ChangedNotice {
  readonly kind: "changed";
  readonly what: ChangedNoun;
}
/** The stream was away: anything may have happened that no event tells. */
export interface Caught {
  readonly kind: "caught-up";
}
export type LiveSignal = DeploymentEvent | LogsNotice | ChangedNotice | Caught;

/** Undefined: a frame that says nothing to pages, or that this version does not know. */
export function signalOf({ id, event, data }: SseFrame): LiveSignal | undefined {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (event === "notice") {
    return body.kind === "logs" || body.kind === "changed"
      ? (body as unknown as LogsNotice | ChangedNotice)
      : undefined;
  }
  const { deploymentId, sequence, at, type, ...rest } = body;
  if (typeof deploymentId !== "string" || typeof at !== "string") return undefined;
  return {
    kind: "event",
    eventId: Number(id ?? 0),
    deploymentId,
    sequence: Number(sequence),
    at: new Date(at),
    type: typeof type === "string" ? type : event,
    body: rest,
  };
}
