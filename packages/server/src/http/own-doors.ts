import type { IncomingMessage, ServerResponse } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Action } from "../access/action.ts";
import { authorize } from "../access/authorize.ts";
import type { Principal } from "../access/principal.ts";
import { answerBackup, type BackupRouteDependencies } from "./backup-route.ts";
import { type EventStreamDependencies, streamEvents } from "./event-stream-route.ts";

/** A path of Sluice's own that is no operation: its answer is a stream. */
export interface OwnDoor {
  readonly path: RegExp;
  readonly action: Action;
  /** Told to whoever may not pass. */
  readonly refusal: string;
  answer(request: IncomingMessage, response: ServerResponse, principal: Principal): Promise<void>;
}

export interface OwnDoorDependencies {
  readonly events: EventStreamDependencies;
  readonly backup: BackupRouteDependencies;
}

/** Lets those pass who may. @throws CallerFault AccessDeniedException */
export async function pass(
  door: OwnDoor,
  { request, response, principal }: { request: IncomingMessage; response: ServerResponse; principal: Principal },
): Promise<void> {
  if (authorize(principal, door.action, undefined) !== "allowed") {
    throw new CallerFault("AccessDeniedException", door.refusal);
  }
  await door.answer(request, response, principal);
}

export function eventsDoor(events: EventStreamDependencies): OwnDoor {
  return {
    path: /^\/-\/events(\?|$)/,
    action: "sluice:StreamEvents",
    refusal: "A host's key may not read events.",
    answer: (request, response, principal) => streamEvents(request, response, principal, events),
  };
}

export function ownDoors({ events, backup }: OwnDoorDependencies): readonly OwnDoor[] {
  return [
    eventsDoor(events),
    {
      path: /^\/-\/backup(\?|$)/,
      action: "sluice:TakeBackup",
      refusal: "Only root's key may take a backup: it holds every key of the server.",
      answer: (request, response) => answerBackup(request, response, backup),
    },
  ];
}
