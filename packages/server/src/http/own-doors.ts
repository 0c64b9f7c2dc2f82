import type { IncomingMessage, ServerResponse } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Action } from "../access/action.ts";
import { authorize } from "../access/authorize.ts";
import type { Need } from "../access/need.ts";
import type { Principal } from "../access/principal.ts";
import { ANY_RESOURCE, type NeedsContext, onDeployments } from "../needs/needs-context.ts";
import { type NeedsParts, requireNeedsOf } from "../needs/require-needs.ts";
import { AGENT_PROGRAM_PATH, type AgentProgramSource, askedProgram, sendProgram } from "./agent-program-answer.ts";
import { answerBackup, type BackupRouteDependencies } from "./backup-route.ts";
import type { CallTrail } from "./call-trail.ts";
import { type EventStreamDependencies, streamEvents } from "./event-stream-route.ts";
import type { StreamGuard } from "./stream-guard.ts";

/** A path of Sluice's own that is no operation: its answer is a stream. */
export interface OwnDoor {
  readonly path: RegExp;
  readonly action: Action;
  /** Told to whoever may not pass. */
  readonly refusal: string;
  /** What a user needs to pass. */
  needsOf(request: IncomingMessage, context: NeedsContext): Promise<readonly Need[]> | readonly Need[];
  readonly needsParts: NeedsParts;
  answer(request: IncomingMessage, response: ServerResponse, principal: Principal): Promise<void>;
}

/** What streams of events are read from, and who may go on reading one. */
export interface GuardedEvents extends Omit<EventStreamDependencies, "isStillGood"> {
  readonly guard: StreamGuard;
}

export interface OwnDoorDependencies {
  readonly events: GuardedEvents;
  readonly backup: BackupRouteDependencies;
  readonly programs: AgentProgramSource;
  readonly needsParts: NeedsParts;
}

/** Lets those pass who may. @throws CallerFault AccessDeniedException */
export async function pass(
  door: OwnDoor,
  {
    request,
    response,
    principal,
    trail,
  }: { request: IncomingMessage; response: ServerResponse; principal: Principal; trail: CallTrail },
): Promise<void> {
  trail.asks(door.action);
  if (principal.role !== "user" && authorize(principal, door.action, ANY_RESOURCE) !== "allowed") {
    throw new CallerFault("AccessDeniedException", door.refusal);
  }
  await requireNeedsOfDoor(door, request, principal);
  // Its answer may last for days.
  await trail.succeeded();
  await door.answer(request, response, principal);
}

/** @throws CallerFault AccessDeniedException */
function requireNeedsOfDoor(
  { action, needsOf, needsParts }: Pick<OwnDoor, "action" | "needsOf" | "needsParts">,
  request: IncomingMessage,
  principal: Principal,
): Promise<void> {
  const asked = (_operation: string, _input: unknown, context: NeedsContext) => needsOf(request, context);
  return requireNeedsOf(asked, { operation: action, input: undefined, principal }, needsParts);
}

export function eventsDoor(events: GuardedEvents, needsParts: NeedsParts): OwnDoor {
  const door: OwnDoor = {
    needsParts,
    // All events, or those of one deployment.
    needsOf: ({ url = "/" }, context) => {
      const deploymentId = new URL(url, "http://localhost").searchParams.get("deployment");
      return deploymentId === null
        ? [{ action: "sluice:StreamEvents", resource: ANY_RESOURCE }]
        : onDeployments(context, "sluice:StreamEvents", [deploymentId]);
    },
    path: /^\/-\/events(\?|$)/,
    action: "sluice:StreamEvents",
    refusal: "A host's key may not read events.",
    answer: (request, response, principal) => {
      const requireStill = (caller: Principal) => requireNeedsOfDoor(door, request, caller);
      const isStillGood = () => events.guard(principal, requireStill);
      return streamEvents(request, response, principal, { ...events, isStillGood });
    },
  };
  return door;
}

export function ownDoors({ events, backup, programs, needsParts }: OwnDoorDependencies): readonly OwnDoor[] {
  return [
    eventsDoor(events, needsParts),
    {
      needsParts,
      needsOf: () => [{ action: "sluice:TakeBackup", resource: ANY_RESOURCE }],
      path: /^\/-\/backup(\?|$)/,
      action: "sluice:TakeBackup",
      refusal: "Only root's key may take a backup: it holds every key of the server.",
      answer: (request, response) => answerBackup(request, response, backup),
    },
    {
      needsParts,
      needsOf: () => [{ action: "sluice:GetAgentProgram", resource: ANY_RESOURCE }],
      path: AGENT_PROGRAM_PATH,
      action: "sluice:GetAgentProgram",
      refusal: "The agent's program is for hosts, for machines with an enrolment token, and for root.",
      answer: async (request, response, { accessKeyId }) =>
        sendProgram(request, response, await askedProgram(request, programs), { ...programs, caller: accessKeyId }),
    },
  ];
}
