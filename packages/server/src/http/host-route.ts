import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { FAULTS } from "@sluice/model/fault-codes.ts";
import { JOIN_SCRIPT_PATH, type JoinAddress } from "@sluice/model/join-command.ts";
import type { RestFault } from "@sluice/wire/rest-json/rest-fault.ts";
import { decodeEnrolmentToken, type EnrolmentToken } from "@sluice/wire/sluice/enrolment-token.ts";
import { joinScript } from "../agent-programs/join-script.ts";
import type { Audit } from "../audit/audit-recorder.ts";
import { requireUsableToken } from "../operations/sluice/spend-token.ts";
import type { Store } from "../store/open-store.ts";
import { type AgentProgramSource, askedProgram, sendProgram } from "./agent-program-answer.ts";
import { CallTrail } from "./call-trail.ts";
import type { Reach } from "./reached-name.ts";
import { discardRest } from "./request-body.ts";
import { sendFault } from "./send-fault.ts";
import { sendWhole, type WireAnswer } from "./wire-answer.ts";

/** What a machine asks for that has no key yet: the script that joins it, and the program that becomes its agent. */
export interface HostRouteParts {
  readonly store: Store;
  readonly now: () => number;
  readonly reach: Reach;
  readonly programs: AgentProgramSource;
  /** By what a caller of that endpoint knows the server's certificate. */
  readonly addressOf: (endpoint: string, usesTls: boolean) => JoinAddress;
  readonly onInternalError: (error: unknown, requestId: string) => void;
  /** Absent: nothing is written down. */
  readonly audit?: Audit | undefined;
}

const BEARER = /^bearer +(\S+) *$/i;
/** The script is run: no browser shows it as a page, and nothing keeps it. */
const SCRIPT_HEADERS = {
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};
const REASON_CHARACTERS = 1_000;

/** `GET /-/join.sh` for everybody; `GET` and `HEAD /-/agent-program/PLATFORM` for whoever has an enrolment token. It never throws. */
export function hostRoute(parts: HostRouteParts) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    const trail = new CallTrail(parts.audit, request, { requestId });
    discardRest(request);
    try {
      if ((request.url ?? "").split("?", 1)[0] === JOIN_SCRIPT_PATH) answerScript(request, response, parts);
      else await answerProgram(request, response, trail, parts);
    } catch (error) {
      await trail.failed(error);
      sendFault(request, response, error, requestId, parts.onInternalError, plainFault);
    }
  };
}

function answerScript(request: IncomingMessage, response: ServerResponse, { reach, addressOf }: HostRouteParts): void {
  const { endpoint } = reach(request);
  const text = joinScript(addressOf(endpoint, "encrypted" in request.socket));
  sendWhole(response, { status: 200, headers: SCRIPT_HEADERS, body: request.method === "HEAD" ? "" : text });
}

async function answerProgram(
  request: IncomingMessage,
  response: ServerResponse,
  trail: CallTrail,
  { store, now, reach, programs }: HostRouteParts,
): Promise<void> {
  trail.asks("sluice:GetAgentProgram");
  reach(request);
  const token = shownToken(request);
  trail.showsToken(token.id);
  await requireUsableToken(store.db, token, now());
  const program = await askedProgram(request, programs);
  // Of the two requests of one download the second is the one to tell.
  if (request.method === "HEAD") trail.asksNothing();
  await trail.succeeded();
  await sendProgram(request, response, program, { ...programs, caller: token.id });
}

function shownToken({ headers }: IncomingMessage): EnrolmentToken {
  const token = BEARER.exec(headers.authorization ?? "")?.[1];
  if (token !== undefined) return decodeEnrolmentToken(token);
  throw new CallerFault(
    "MissingAuthenticationTokenException",
    "The agent's program is for machines with an enrolment token: Authorization: Bearer TOKEN. Create one: sluice token create",
  );
}

/** HEAD has no body, and curl shows none of an error's: a header says it too. */
function plainFault(_request: IncomingMessage, { code, message }: RestFault): WireAnswer {
  const reason = message.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, REASON_CHARACTERS);
  const headers = { ...SCRIPT_HEADERS, "x-sluice-reason": reason };
  return { status: FAULTS[code], headers, body: `${message}\n` };
}
