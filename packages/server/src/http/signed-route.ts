import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { diskIsFull, fullDisk } from "@sluice/model/disk-full.ts";
import { isSigned, parseAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import type { Principal } from "../access/principal.ts";
import { DatabaseAwayError, StatementTooSlowError } from "../store/database-away.ts";
import { type Authenticator, checkClaim, proveClaim } from "./authenticate.ts";
import { callerProtocol, serialiseFaultFor } from "./caller-protocol.ts";
import type { Reach } from "./reached-name.ts";
import { CallerHungUp, discardRest, isDiscardedWhole, type RequestBody, readBody } from "./request-body.ts";
import { RequestTurns } from "./request-turns.ts";
import { MAX_LARGE_UNPROVED_BYTES, MAX_UNPROVED_BYTES, UnprovedBodies } from "./unproved-bodies.ts";
import { sendWhole, sendWholeAndClose } from "./wire-answer.ts";
import { MAX_SMALL_BODY_BYTES, type StreamingService, type WholeService, type WireService } from "./wire-service.ts";

export interface SignedRouteDependencies extends Authenticator {
  readonly services: readonly WireService[];
  readonly reach: Reach;
  readonly unprovedBodies: UnprovedBodies;
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
const HEARTBEAT = "HostHeartbeat";

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

/** What is looked after across calls. */
interface Door {
  readonly turns: RequestTurns;
  readonly unproved: UnprovedBodies;
  /** Of bodies that may be larger than all others together. */
  readonly largeUnproved: UnprovedBodies;
}

/** Every request that is an API call. Routed by the service in the credential scope, so that all protocols share one port. */
export function signedRoute(dependencies: SignedRouteDependencies) {
  const door: Door = {
    turns: new RequestTurns(),
    unproved: dependencies.unprovedBodies,
    largeUnproved: new UnprovedBodies(MAX_LARGE_UNPROVED_BYTES),
  };
  const { services } = dependencies;
  const streaming = services.filter((service): service is StreamingService => service.protocol === "s3");
  const whole = services.filter((service): service is WholeService => service.protocol !== "s3");
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "GET", url: path = "/", headers } = request;
    const requestId = randomUUID();
    try {
      // Whoever signs for no service that is known here reads what a streaming service says, too.
      const protocol = callerProtocol({ method, path, headers });
      const stream = streaming.find((service) => service.protocol === protocol);
      if (stream) await stream.handle(request, response);
      else await route(request, response, requestId, whole, dependencies, door);
    } catch (error) {
      sendFault(request, response, error, requestId, dependencies.onInternalError);
    }
  };
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  services: readonly WholeService[],
  dependencies: SignedRouteDependencies,
  door: Door,
): Promise<void> {
  const { method = "GET", url: path = "/", headers } = request;
  if (!isSigned({ path, headers })) return answerUnsigned(request, response, requestId, services, dependencies, door);
  const authorization = parseAuthorization({ path, headers });
  const { endpoint: publicEndpoint } = dependencies.reach(request);
  const service = serviceOf(authorization.service, request, services);
  // The body is read only for somebody whose key is known, and no longer than that key's calls are.
  const claim = await checkClaim({ headers }, dependencies, authorization).catch((error: unknown) => {
    if (!(error instanceof CallerFault)) dependencies.onUnheard(error);
    throw error;
  });
  // A call whose signature is out of its time is read only to learn whose clock is wrong.
  const maximumBytes = claim.timeFault ? MAX_SMALL_BODY_BYTES : service.maxBodyBytes(request, claim.principal);
  const unproved = maximumBytes > MAX_UNPROVED_BYTES ? door.largeUnproved : door.unproved;
  const body = await readBody(request, { maximumBytes, unproved });
  const operation = service.claimedOperation(headers);
  const { principal } = await prove(
    body,
    door,
    () => proveClaim(claim, { method, path, headers, body: body.bytes }, dependencies),
    operation === HEARTBEAT,
  );
  dependencies.onProved(principal, request.socket);
  dependencies.admit(principal, operation, body.bytes.length);
  const { service: signingName } = authorization;
  await service.answer({ request, response, body: body.bytes, principal, signingName, requestId, publicEndpoint });
}

/** A call that was meant for a service that is not served is told so before anything else: its key may be one of AWS's. */
function serviceOf(signingName: string, { headers }: IncomingMessage, services: readonly WholeService[]): WholeService {
  const service =
    services.find(({ signingNames }) => signingNames.includes(signingName)) ??
    services.find((other) => other.isMeantBy?.(headers));
  if (service) return service;
  throw new CallerFault(
    "UnknownOperationException",
    `This server does not serve '${printable(signingName)}': it serves CodeDeploy, S3, ECS, Elastic Load Balancing v2, Lambda and STS's GetCallerIdentity. Call AWS for it, without this server's endpoint_url.${OTHER_SERVICES[signingName] ?? ""}`,
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

async function answerUnsigned(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  services: readonly WholeService[],
  { reach }: SignedRouteDependencies,
  door: Door,
): Promise<void> {
  const { endpoint: publicEndpoint } = reach(request);
  for (const service of services) {
    const maximumBytes = service.maxUnsignedBodyBytes?.(request.headers);
    if (maximumBytes === undefined) continue;
    const body = await readBody(request, { maximumBytes, unproved: door.unproved });
    await prove(body, door, () => {});
    const call = { request, response, body: body.bytes, principal: NOBODY, signingName: undefined };
    return service.answer({ ...call, requestId, publicEndpoint });
  }
  throw new CallerFault(
    "MissingAuthenticationTokenException",
    'Missing Authentication Token: every call is signed with Signature V4. To let the AWS CLI and SDKs do so: eval "$(sluice env)"',
  );
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
    if (!isDiscardedWhole(request)) {
      sendWholeAndClose(request, response, { status, headers, body });
      return;
    }
  }
  sendWhole(response, { status, headers, body });
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
