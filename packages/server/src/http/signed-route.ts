import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { diskIsFull, fullDisk } from "@sluice/model/disk-full.ts";
import { JSON_CONTENT_TYPE, parseTarget } from "@sluice/wire/json/json-protocol.ts";
import { STS_SIGNING_NAME } from "@sluice/wire/query/sts-service.ts";
import { isSigned, parseAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import { headerValue } from "@sluice/wire/sigv4/http-request.ts";
import type { Principal } from "../access/principal.ts";
import { DatabaseAwayError, StatementTooSlowError } from "../store/database-away.ts";
import { type Authenticator, checkClaim, proveClaim } from "./authenticate.ts";
import { answerBackup, type BackupRouteDependencies } from "./backup-route.ts";
import { callerArn } from "./caller-arn.ts";
import { callerProtocol, serialiseFaultFor } from "./caller-protocol.ts";
import { type EventStreamDependencies, streamEvents } from "./event-stream-route.ts";
import { answerJson, findService, type JsonService } from "./json-service.ts";
import type { Reach } from "./reached-name.ts";
import { type BodyLimits, CallerHungUp, discardRest, type RequestBody, readBody } from "./request-body.ts";
import { RequestTurns } from "./request-turns.ts";
import { answerSts, type StsDependencies } from "./sts-route.ts";
import { UnprovedBodies } from "./unproved-bodies.ts";

export interface SignedRouteDependencies extends Authenticator {
  readonly services: readonly JsonService[];
  readonly reach: Reach;
  readonly s3: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly sts: StsDependencies;
  readonly events: EventStreamDependencies;
  readonly backup: BackupRouteDependencies;
  /** Hears of what is our fault and not the caller's. */
  readonly onInternalError: (error: unknown, requestId: string) => void;
  /** Hears who it was, and over which connection, the moment that a signature is proved, before anything is done that may fail. */
  readonly onProved: (principal: Principal, socket: Socket) => void;
  /** Refuses a caller who calls too much, whatever the call is, before anything of it is looked at. Throws a CallerFault. */
  readonly admit: (principal: Principal, operation: string, bytes: number) => void;
  /** Hears of callers who could not be told apart, through no fault of theirs: a host may be among them. */
  readonly onUnheard: (error: unknown) => void;
}

/** Who an unsigned call is: nobody, until the operation has looked at the credential in its body. */
const NOBODY: Principal = { role: "host", accessKeyId: "", hostId: null };

/** Claimed by the caller: whoever claims it falsely has a heartbeat's short wait, and is refused after it. */
const HEARTBEAT_TARGET = /\.HostHeartbeat$/;

/** Clients try a 503 again by themselves, after a while. */
const DATABASE_AWAY = {
  code: "ServiceUnavailableException" as const,
  message: "The server cannot reach its database. Nothing was changed. Try again.",
};

const DATABASE_SLOW = {
  code: "ServiceUnavailableException" as const,
  message: "The server's database is too slow. Nothing was changed. Try again.",
};

const FULL_DISKS = {
  local: {
    code: "ServiceUnavailableException" as const,
    message: diskIsFull("The server's disk", {
      outcome: "Nothing was changed.",
      directory: "(on the server's machine)",
    }),
  },
  postgres: {
    code: "ServiceUnavailableException" as const,
    message: diskIsFull("The disk of the server's PostgreSQL", {
      outcome: "Nothing was changed.",
      directory: "(on PostgreSQL's machine)",
    }),
  },
};

const EVENTS_PATH = /^\/-\/events(\?|$)/;
const BACKUP_PATH = /^\/-\/backup(\?|$)/;

/** Of a call whose signature is out of its time, which is read only to learn whose clock is wrong; of STS and the event stream, which need none. */
const MAX_SMALL_BODY_BYTES = 64 * 1024;

/** What is looked after across calls. */
interface Door {
  readonly turns: RequestTurns;
  readonly unproved: UnprovedBodies;
}

/** Every request that is an API call. Routed by the service in the credential scope, so that S3 and JSON share one port. */
export function signedRoute(dependencies: SignedRouteDependencies) {
  const door: Door = { turns: new RequestTurns(), unproved: new UnprovedBodies() };
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    try {
      await route(request, response, requestId, dependencies, door);
    } catch (error) {
      sendFault(request, response, error, requestId, dependencies.onInternalError);
    }
  };
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  dependencies: SignedRouteDependencies,
  door: Door,
): Promise<void> {
  const { method = "GET", url: path = "/", headers } = request;
  if (callerProtocol({ method, path, headers }) === "s3") return dependencies.s3(request, response);
  if (!isSigned({ path, headers })) return answerUnsigned(request, response, requestId, dependencies, door);
  const authorization = parseAuthorization({ path, headers });
  const { endpoint } = dependencies.reach(request);
  checkServed(authorization.service, request, dependencies);
  // The body is read only for somebody whose key is known, and no longer than that key's calls are.
  const claim = await checkClaim({ headers }, dependencies, authorization).catch((error: unknown) => {
    if (!(error instanceof CallerFault)) dependencies.onUnheard(error);
    throw error;
  });
  const maximumBytes = claim.timeFault ? MAX_SMALL_BODY_BYTES : bodyMaxBytes(request, claim.key.role, dependencies);
  const body = await readBody(request, { maximumBytes, unproved: door.unproved });
  const claimedTarget = headerValue(headers, "x-amz-target") ?? "";
  const isHeartbeat = HEARTBEAT_TARGET.test(claimedTarget);
  const { principal } = await prove(
    body,
    door,
    () => proveClaim(claim, { method, path, headers, body: body.bytes }, dependencies),
    isHeartbeat,
  );
  dependencies.onProved(principal, request.socket);
  dependencies.admit(principal, claimedTarget.slice(claimedTarget.lastIndexOf(".") + 1), body.bytes.length);
  if (authorization.service === "sts")
    return answerSts(request, response, body.bytes, principal, requestId, dependencies.sts);
  if (EVENTS_PATH.test(path)) {
    if (principal.role !== "root" && principal.role !== "read-only") {
      throw new CallerFault("AccessDeniedException", "A host's key may not read events.");
    }
    return streamEvents(request, response, dependencies.events);
  }
  if (BACKUP_PATH.test(path)) {
    if (principal.role !== "root") {
      throw new CallerFault(
        "AccessDeniedException",
        "Only root's key may take a backup: it holds every key of the server.",
      );
    }
    return answerBackup(request, response, dependencies.backup);
  }
  const target = parseTarget(headers);
  const service = findService(dependencies.services, target.prefix);
  if (!service.signingNames.includes(authorization.service)) {
    throw new CallerFault(
      "InvalidSignatureException",
      `Credential should be scoped to correct service: '${service.signingNames[0]}'; it names '${authorization.service}'.`,
    );
  }
  const caller = { principal, accountId: dependencies.sts.accountId };
  await answer(service, target.operation, body.bytes, caller, request, response, requestId, endpoint);
}

/** A call that was meant for another service is told so before anything else: its key may be one of AWS's. */
function checkServed(
  signingName: string,
  { headers }: IncomingMessage,
  { services }: Pick<SignedRouteDependencies, "services">,
): void {
  if (signingName === STS_SIGNING_NAME || services.some(({ signingNames }) => signingNames.includes(signingName)))
    return;
  // A target of ours under another service's name: the caller's signing is at fault, which is told when the key is known.
  const prefix = headerValue(headers, "x-amz-target")?.split(".", 1)[0] ?? "";
  if (services.some(({ targetPrefixes }) => targetPrefixes.includes(prefix))) return;
  throw new CallerFault(
    "UnknownOperationException",
    `This server does not serve '${printable(signingName)}': it serves CodeDeploy, S3 and STS's GetCallerIdentity. Call AWS for it, without this server's endpoint_url.${OTHER_SERVICES[signingName] ?? ""}`,
  );
}

/** What takes the place of another service here; begins with a space. */
const OTHER_SERVICES: Readonly<Record<string, string>> = {
  iam: " aws deploy register makes an IAM user; here use sluice agent enroll --on-premises, or aws deploy register-on-premises-instance.",
};

const SHOWN_CHARACTERS = 64;

function printable(signingName: string): string {
  return signingName.slice(0, SHOWN_CHARACTERS).replaceAll(/[^\x20-\x7e]/g, "?");
}

/** In its turn, and with its bytes counted until it is over. */
async function prove<T>(body: RequestBody, { turns }: Door, proof: () => T, isHeartbeat = false): Promise<T> {
  try {
    await turns.wait(isHeartbeat);
    return proof();
  } finally {
    body.close();
  }
}

/** How large a body the call may have that the headers name. What they name is looked at again when the signature is proved. */
function bodyMaxBytes(
  { url: path = "/", headers }: IncomingMessage,
  role: Principal["role"],
  { services }: Pick<SignedRouteDependencies, "services">,
): number {
  if (headers["x-amz-target"] === undefined || EVENTS_PATH.test(path) || BACKUP_PATH.test(path))
    return MAX_SMALL_BODY_BYTES;
  const { prefix, operation } = parseTarget(headers);
  const service = services.find(({ targetPrefixes }) => targetPrefixes.includes(prefix));
  // Nobody's call: its fault is told when the signature is proved.
  if (!service?.isAllowed(role, operation)) return MAX_SMALL_BODY_BYTES;
  return service.inputMaxBytes(operation);
}

async function answerUnsigned(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  { services, reach, sts }: SignedRouteDependencies,
  door: Door,
): Promise<void> {
  const { endpoint } = reach(request);
  const isTargeted = request.headers["x-amz-target"] !== undefined;
  const target = isTargeted ? parseTarget(request.headers) : null;
  const service = target ? findService(services, target.prefix) : null;
  if (!service || !target || !service.unsignedOperations?.has(target.operation)) {
    throw new CallerFault(
      "MissingAuthenticationTokenException",
      'Missing Authentication Token: every call is signed with Signature V4. To let the AWS CLI and SDKs do so: eval "$(sluice env)"',
    );
  }
  const limits: BodyLimits = { maximumBytes: service.inputMaxBytes(target.operation), unproved: door.unproved };
  const body = await readBody(request, limits);
  await prove(body, door, () => {});
  const caller = { principal: NOBODY, accountId: sts.accountId };
  await answer(service, target.operation, body.bytes, caller, request, response, requestId, endpoint);
}

async function answer(
  service: JsonService,
  operation: string,
  body: Buffer,
  { principal, accountId }: { readonly principal: Principal; readonly accountId: string },
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  publicEndpoint: string,
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
    callerArn: callerArn(principal, accountId),
    headers: request.headers,
    signal: hangUp.signal,
    publicEndpoint,
    requestId,
    onUndelivered: (action) => {
      if (response.closed && !response.writableFinished) action();
      else undelivered.push(action);
    },
  });
  send(response, 200, { "content-type": JSON_CONTENT_TYPE, "x-amzn-requestid": requestId }, text);
}

function sendFault(
  request: IncomingMessage,
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
  const fault = isCallersFault ? error : ownTrouble(error, requestId);
  const { method = "GET", url: path = "/" } = request;
  const { status, headers, body } = serialiseFaultFor({ method, path, headers: request.headers }, fault, requestId);
  // What is left of a body that was too slow is not waited for.
  if (fault.code === "RequestTimeoutException" || (fault.code === "ServiceUnavailableException" && isCallersFault)) {
    headers.connection = "close";
  } else {
    discardRest(request);
  }
  send(response, status, headers, body);
}

/** What a caller is told of what is no fault of theirs. */
function ownTrouble(error: unknown, requestId: string) {
  if (error instanceof DatabaseAwayError) return DATABASE_AWAY;
  if (error instanceof StatementTooSlowError) return DATABASE_SLOW;
  const disk = fullDisk(error);
  if (disk) return FULL_DISKS[disk];
  const message = `Internal error of the server. Its log has the cause under the request id ${requestId}.`;
  return { code: "InternalFailure" as const, message };
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  response.end(body);
}
