import type { IncomingMessage, ServerResponse } from "node:http";
import type { Action } from "../access/action.ts";
import { answerBackup, type BackupRouteDependencies } from "./backup-route.ts";
import { type EventStreamDependencies, streamEvents } from "./event-stream-route.ts";

/** A path of Sluice's own that is no operation: its answer is a stream. */
export interface OwnDoor {
  readonly path: RegExp;
  readonly action: Action;
  /** Told to whoever may not pass. */
  readonly refusal: string;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface OwnDoorDependencies {
  readonly events: EventStreamDependencies;
  readonly backup: BackupRouteDependencies;
}

export function ownDoors({ events, backup }: OwnDoorDependencies): readonly OwnDoor[] {
  return [
    {
      path: /^\/-\/events(\?|$)/,
      action: "sluice:StreamEvents",
      refusal: "A host's key may not read events.",
      answer: (request, response) => streamEvents(request, response, events),
    },
    {
      path: /^\/-\/backup(\?|$)/,
      action: "sluice:TakeBackup",
      refusal: "Only root's key may take a backup: it holds every key of the server.",
      answer: (request, response) => answerBackup(request, response, backup),
    },
  ];
}
