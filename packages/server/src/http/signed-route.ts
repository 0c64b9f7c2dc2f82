import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { INPUT_MAX_BYTES, JSON_CONTENT_TYPE, parseTarget, serialiseFault } from "@sluice/wire/json/json-protocol.ts";
import { isSigned, parseAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import type { Principal } from "../operations/operation.ts";
import { type Authenticator, authenticate } from "./authenticate.ts";
import { type EventStreamDependencies, streamEvents } from "./event-stream.ts";
import { answerJson, findService, type JsonService } from "./json-service.ts";
import { CallerHungUp, readBody } from "./request-body.ts";
import { RequestTurns } from "./request-turns.ts";
import { answerSts, type StsDependencies } from "./sts-route.ts";

export interface SignedRouteDependencies extends Authenticator {
  readonly services: readonly JsonService[];
  readonly s3: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly sts: StsDependencies;
  readonly events: EventStreamDependencies;
  /** Hears of what is our fault and not the caller's. */
  readonly onInternalError: (error: unknown, requestId: string) => void;
}

/** Who an unsigned call is: nobody, until the operation has looked at the credential in its body. */
const NOBODY: Principal = { role: "host", accessKeyId: "", hostId: null };

const EVENTS_PATH = /^\/-\/events(\?|$)/;

/** Every request that is an API call. Routed by the service in the credential scope, so that S3 and JSON share one port. */
export function signedRoute(dependencies: SignedRouteDependencies) {
  const turns = new RequestTurns();
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    try {
      await route(request, response, requestId, dependencies, turns);
    } catch (error) {
      sendFault(response, error, requestId, dependencies.onInternalError);
    }
  };
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  dependencies: SignedRouteDependencies,
  turns: RequestTurns,
): Promise<void> {
  const { method = "GET", url: path = "/", headers } = request;
  if (!isSigned({ path, headers })) return answerUnsigned(request, response, requestId, dependencies);
  const authorization = parseAuthorization({ path, headers });
  if (authorization.service === "s3") return dependencies.s3(request, response);
  const body = await readBody(request, INPUT_MAX_BYTES);
  await turns.wait();
  const { principal } = await authenticate({ method, path, headers, body }, dependencies, authorization);
  if (authorization.service === "sts")
    return answerSts(request, response, body, principal, requestId, dependencies.sts);
  if (EVENTS_PATH.test(path)) {
    if (principal.role === "host") throw new CallerFault("AccessDeniedException", "A host's key may not read events.");
    return streamEvents(request, response, dependencies.events);
  }
  const target = parseTarget(headers);
  const service = findService(dependencies.services, target.prefix);
  if (!service.signingNames.includes(authorization.service)) {
    throw new CallerFault(
      "InvalidSignatureException",
      `Credential should be scoped to correct service: '${service.signingNames[0]}'; it names '${authorization.service}'.`,
    );
  }
  await answer(service, target.operation, body, principal, request, response, requestId);
}

async function answerUnsigned(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  { services }: SignedRouteDependencies,
): Promise<void> {
  const isTargeted = request.headers["x-amz-target"] !== undefined;
  const target = isTargeted ? parseTarget(request.headers) : null;
  const service = target ? findService(services, target.prefix) : null;
  if (!service || !target || !service.unsignedOperations?.has(target.operation)) {
    throw new CallerFault(
      "MissingAuthenticationTokenException",
      "Missing Authentication Token: every call is signed with Signature V4. The environment that sluice env prints lets the AWS CLI and SDKs do so.",
    );
  }
  const body = await readBody(request, INPUT_MAX_BYTES);
  await answer(service, target.operation, body, NOBODY, request, response, requestId);
}

async function answer(
  service: JsonService,
  operation: string,
  body: Buffer,
  principal: Principal,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const hangUp = new AbortController();
  const undelivered: (() => void)[] = [];
  response.on("close", () => {
    if (response.writableFinished) return;
    hangUp.abort();
    for (const action of undelivered) action();
  });
  const text = await answerJson(service, operation, body, {
    principal,
    headers: request.headers,
    signal: hangUp.signal,
    publicEndpoint: endpointOf(request),
    requestId,
    onUndelivered: (action) => {
      if (response.closed && !response.writableFinished) action();
      else undelivered.push(action);
    },
  });
  send(response, 200, { "content-type": JSON_CONTENT_TYPE, "x-amzn-requestid": requestId }, text);
}

function sendFault(
  response: ServerResponse,
  error: unknown,
  requestId: string,
  onInternalError: (error: unknown, requestId: string) => void,
): void {
  if (error instanceof CallerHungUp) {
    response.destroy();
    return;
  }
  const isCallersFault = error instanceof CallerFault;
  if (!isCallersFault) onInternalError(error, requestId);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const fault = isCallersFault
    ? error
    : {
        code: "InternalFailure" as const,
        message: `Something went wrong on the server; its log says what, under ${requestId}.`,
      };
  const { status, headers, body } = serialiseFault(fault, requestId);
  // What is left of a body that was too slow is not waited for.
  if (fault.code === "RequestTimeoutException") headers.connection = "close";
  send(response, status, headers, body);
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  response.end(body);
}

/** The address by which this caller reached the server. */
function endpointOf(request: IncomingMessage): string {
  const scheme = "encrypted" in request.socket ? "https" : "http";
  return `${scheme}://${request.headers.host ?? `${request.socket.localAddress}:${request.socket.localPort}`}`;
}
