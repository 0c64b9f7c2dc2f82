import { randomBytes, timingSafeEqual } from "node:crypto";
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Invoked, LocalFunctions } from "../local-functions.ts";
import { balancerEvent } from "./balancer-event.ts";
import { functionAnswer, type GatewayAnswer, MalformedAnswer } from "./function-answer.ts";
import { type BodyRoom, BodyTooLarge, NoRoom, readBody } from "./read-body.ts";

/** HAProxy adds it to what it sends, and the gateway to nothing: who does not know its value is turned away. */
export const GATEWAY_HEADER = "x-sluice-gateway";

/** How long what follows a refused request is thrown away before its connection is cut. */
const DISCARDING_MILLISECONDS = 10_000;

/** A target group as its door knows it. */
export interface GatewayGroup {
  readonly targetGroupArn: string;
  readonly isMultiValue: boolean;
  /** Null: none is registered. */
  readonly target: {
    readonly functionName: string;
    readonly qualifier: string | undefined;
    /** Why it cannot be invoked now, as a sentence without a full stop; empty: it can. */
    readonly trouble: string;
  } | null;
}

export interface DoorParts {
  readonly functions: Pick<LocalFunctions, "invoke">;
  readonly room: BodyRoom;
  /** Of a request that the function is to blame for. `reason` has nothing that a client or a function said. */
  readonly onBadGateway: (group: GatewayGroup, reason: string) => void;
  readonly onError: (error: unknown) => void;
}

/** A trace's root: when it began, and chance. */
function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1_000);
  return `1-${seconds.toString(16).padStart(8, "0")}-${randomBytes(12).toString("hex")}`;
}

/**
 * Answers one request to a target group by its function. The statuses are those of an Application Load Balancer ("HTTP 4xx and 5xx errors"
 * in "Troubleshoot your Application Load Balancers"): 502 for a function that fails, is throttled, runs into its time-out or gives no
 * proper answer; 413 for a body that is too large; 400 for an upgrade; 405 for TRACE.
 */
export async function answerByFunction(
  request: IncomingMessage,
  response: ServerResponse,
  group: GatewayGroup & { readonly secret: string },
  parts: DoorParts,
): Promise<void> {
  const { target, targetGroupArn, isMultiValue, secret } = group;
  if (!isBalancer(request, secret)) return refuse(response, 403);
  if (request.method === "TRACE") return refuse(response, 405);
  if (request.headers.upgrade !== undefined) return refuse(response, 400);
  if (!target) return refuse(response, 503);
  if (target.trouble !== "") return badGateway(response, group, target.trouble, parts);
  // The client is gone: nobody waits any more.
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the client is gone"));
  });
  try {
    const body = await readBody(request, parts.room);
    const received = {
      method: request.method ?? "GET",
      target: request.url ?? "/",
      rawHeaders: request.rawHeaders,
      body,
    };
    const rules = { targetGroupArn, isMultiValue, secretHeader: GATEWAY_HEADER, newTraceId };
    const payload = Buffer.from(JSON.stringify(balancerEvent(received, rules)));
    const { functionName, qualifier } = target;
    const invoked = await parts.functions.invoke({ functionName, qualifier, payload }, gone.signal);
    send(request, response, answerOf(invoked, isMultiValue));
  } catch (error) {
    if (error instanceof BodyTooLarge) return refuse(response, 413);
    if (error instanceof NoRoom) return refuse(response, 503);
    if (gone.signal.aborted) return;
    if (error instanceof MalformedAnswer) return badGateway(response, group, error.message, parts);
    if (error instanceof CallerFault) return badGateway(response, group, reasonOf(error), parts);
    parts.onError(error);
    refuse(response, 502);
  }
}

function answerOf({ outcome, payload }: Invoked, isMultiValue: boolean): GatewayAnswer {
  if (outcome === "failed") throw new MalformedAnswer(`it failed${errorTypeOf(payload)}`);
  return functionAnswer(payload, isMultiValue);
}

/** The kind of error alone: its message may have what a client sent, and the function's log has all of it. */
function errorTypeOf(payload: Uint8Array): string {
  const [, type] = /"errorType":"([\w.]{1,100})"/.exec(Buffer.from(payload).toString("utf8")) ?? [];
  return type === undefined ? "" : ` with ${type}`;
}

function isBalancer({ headers }: IncomingMessage, secret: string): boolean {
  const sent = Buffer.from(String(headers[GATEWAY_HEADER] ?? ""));
  const wanted = Buffer.from(secret);
  return wanted.length > 0 && sent.length === wanted.length && timingSafeEqual(sent, wanted);
}

function badGateway(response: ServerResponse, group: GatewayGroup, reason: string, { onBadGateway }: DoorParts): void {
  onBadGateway(group, reason);
  refuse(response, 502);
}

/** With nothing but the status: why is the operator's to know. */
function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent || response.destroyed) return;
  const body = `${status} ${STATUS_CODES[status]}\n`;
  response.writeHead(status, { "content-type": "text/plain", "content-length": body.length });
  response.end(body);
  discardRest(response.req);
}

/** Of a connection that is closed with something unread HAProxy may lose the answer, so the rest is read for a moment. */
function discardRest(request: IncomingMessage): void {
  if (request.complete) return;
  const patience = setTimeout(() => request.destroy(), DISCARDING_MILLISECONDS);
  request.once("close", () => clearTimeout(patience));
  request.resume();
}

function send({ method }: IncomingMessage, response: ServerResponse, answer: GatewayAnswer): void {
  if (response.destroyed) return;
  const { status, reason, headers, body } = answer;
  const hasNoBody = status === 204 || status === 304;
  const length = hasNoBody ? [] : ["content-length", String(body.length)];
  const flat = [...headers.flat(), ...length];
  if (reason === "") response.writeHead(status, flat);
  else response.writeHead(status, reason, flat);
  response.end(hasNoBody || method === "HEAD" ? undefined : body);
}
