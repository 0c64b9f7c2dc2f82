import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { FAULTS } from "@sluice/model/fault-codes.ts";
import type { RestFault } from "@sluice/wire/rest-json/rest-fault.ts";
import type { Principal } from "../../access/principal.ts";
import type { Audit } from "../../audit/audit-recorder.ts";
import { withCall } from "../authenticate.ts";
import { CallTrail } from "../call-trail.ts";
import { type OwnDoor, pass } from "../own-doors.ts";
import type { Reach } from "../reached-name.ts";
import { discardRest, readBody } from "../request-body.ts";
import { RequestTurns } from "../request-turns.ts";
import { sendFault } from "../send-fault.ts";
import type { Admit } from "../signed-route.ts";
import type { UnprovedBodies } from "../unproved-bodies.ts";
import { sendWhole, type WireAnswer } from "../wire-answer.ts";
import type { WholeService } from "../wire-service.ts";
import { consoleDoor } from "./console-door.ts";
import { pageAnswer } from "./page-answer.ts";
import { DATA_ANSWER } from "./page-headers.ts";
import { requireSameOrigin } from "./same-origin.ts";
import { MAX_SIGN_IN_BYTES, requireSession, type SessionDoorParts, signIn, signOut, whoIs } from "./session-door.ts";
import type { WebFiles } from "./web-files.ts";

export interface ConsoleParts extends SessionDoorParts {
  readonly region: string;
  readonly reach: Reach;
  readonly webFiles: () => Promise<WebFiles>;
  /** The JSON services whose operations the page may call. */
  readonly api: WholeService;
  readonly events: OwnDoor;
  readonly unprovedBodies: UnprovedBodies;
  /** As of signed calls: hears who it was, and over which connection. */
  readonly onProved: (principal: Principal, socket: Socket) => void;
  /** As of signed calls: a session spends its key's budget. */
  readonly admit: Admit;
  readonly onInternalError: (error: unknown, requestId: string) => void;
  /** Absent: nothing is written down. */
  readonly audit?: Audit | undefined;
  /** Answers what turns out to be meant for another service after all. */
  readonly otherwise: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/** A request that {@link consoleDoor} has told to be the console's. It never throws. */
export function consoleRoute(parts: ConsoleParts) {
  const turns = new RequestTurns();
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    const door = consoleDoor(request);
    for (const [name, value] of Object.entries(DATA_ANSWER)) if (door !== "page") response.setHeader(name, value);
    const trail = new CallTrail(parts.audit, request, { requestId, isConsole: true });
    const call = { request, response, requestId, turns, trail };
    try {
      switch (door) {
        case "session":
          return await answerSession(call, parts);
        case "api":
          return await answerApi(call, parts);
        case "events":
          return await answerEvents(call, parts);
        case "page":
          return await answerPage(call, parts);
        case undefined:
          return await parts.otherwise(request, response);
        default:
          return door satisfies never;
      }
    } catch (error) {
      if (door !== "page") await trail.failed(error);
      const serialise = door === "api" || door === "events" ? undefined : plainFault;
      sendFault(request, response, error, requestId, parts.onInternalError, serialise);
    }
  };
}

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly turns: RequestTurns;
  readonly trail: CallTrail;
}

/** Of a browser that somebody points at a page. */
const TAKES_PAGES = /\btext\/html\b/i;

async function answerPage({ request, response, requestId }: Call, parts: ConsoleParts): Promise<void> {
  try {
    parts.reach(request);
  } catch (error) {
    // A bucket in the host's name, or a program that came by no name of ours: whoever answers unsigned requests says so.
    const isPerson = TAKES_PAGES.test(request.headers.accept ?? "") && !namesBucket(request, parts);
    if (!isPerson) return parts.otherwise(request, response);
    return sendFault(request, response, error, requestId, parts.onInternalError, textFault);
  }
  discardRest(request);
  sendWhole(response, pageAnswer(request, await parts.webFiles()));
}

function namesBucket(request: IncomingMessage, { reach }: ConsoleParts): boolean {
  try {
    return reach(request, true).bucket !== undefined;
  } catch {
    return false;
  }
}

/** A browser shows a text, and stores what it does not know as a file. */
function textFault(_request: IncomingMessage, { code, message }: RestFault): WireAnswer {
  const headers = { ...DATA_ANSWER, "content-type": "text/plain; charset=utf-8" };
  return { status: FAULTS[code], headers, body: `${message}\n` };
}

async function answerSession({ request, response, turns, trail }: Call, parts: ConsoleParts): Promise<void> {
  const { endpoint } = parts.reach(request);
  const method = requireMethod(request, ["GET", "POST", "DELETE"]);
  if (method === "GET") trail.asksNothing();
  requireSameOrigin(request, endpoint);
  if (method !== "POST") discardRest(request);
  const answer = async () => {
    if (method === "GET") return whoIs(request, parts);
    if (method === "DELETE") return signOut(request, endpoint, parts, trail);
    const body = await readBody(request, { maximumBytes: MAX_SIGN_IN_BYTES, unproved: parts.unprovedBodies });
    await turns.wait().finally(() => body.close());
    return signIn(request, body.bytes, endpoint, parts, trail);
  };
  const { cookie, body } = await answer();
  await trail.succeeded();
  if (cookie !== undefined) response.setHeader("set-cookie", cookie);
  sendWhole(response, { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

const API_TYPES = /^application\/(json|x-amz-json-1\.[01])\b/i;

async function answerApi({ request, response, requestId, turns, trail }: Call, parts: ConsoleParts): Promise<void> {
  const { endpoint } = parts.reach(request);
  requireMethod(request, ["POST"]);
  requireSameOrigin(request, endpoint);
  if (!API_TYPES.test(request.headers["content-type"] ?? "")) {
    throw new CallerFault("ValidationException", "The content type must be application/x-amz-json-1.1.");
  }
  const { api } = parts;
  trail.asks(api.claimedAction?.(request));
  const principal = await callerOf(request, parts);
  trail.proved(principal);
  const maximumBytes = api.maxBodyBytes(request, principal);
  const body = await readBody(request, { maximumBytes, unproved: parts.unprovedBodies });
  await turns.wait().finally(() => body.close());
  parts.onProved(principal, request.socket);
  await parts.admit(principal, api.claimedOperation(request.headers), body.bytes.length);
  const call = { request, response, body: body.bytes, principal, signingName: undefined };
  await api.answer({ ...call, requestId, publicEndpoint: endpoint, trail });
}

async function answerEvents({ request, response, trail }: Call, parts: ConsoleParts): Promise<void> {
  const { endpoint } = parts.reach(request);
  requireMethod(request, ["GET"]);
  requireSameOrigin(request, endpoint);
  trail.asks(parts.events.action);
  const principal = await callerOf(request, parts);
  trail.proved(principal);
  discardRest(request);
  parts.onProved(principal, request.socket);
  await parts.admit(principal, "", 0);
  await pass(parts.events, { request, response, principal, trail });
}

async function callerOf(request: IncomingMessage, parts: ConsoleParts): Promise<Principal> {
  const { principal } = await requireSession(request, parts);
  return withCall(principal, request, parts.now(), parts.region);
}

function requireMethod({ method = "GET" }: IncomingMessage, methods: readonly string[]): string {
  if (methods.includes(method)) return method;
  throw new CallerFault(
    "MethodNotAllowedException",
    `This path takes ${methods.join(", ")}; the request is ${method}.`,
  );
}

/** What the page reads of its own doors. */
function plainFault(_request: IncomingMessage, { code, message }: RestFault): WireAnswer {
  const headers = { "content-type": "application/json" };
  return { status: FAULTS[code], headers, body: JSON.stringify({ code, message }) };
}
