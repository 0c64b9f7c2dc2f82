import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { isSigned, parseAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import type { Principal } from "../access/principal.ts";
import type { Audit } from "../audit/audit-recorder.ts";
import { type Authenticator, checkClaim, proveClaim } from "./authenticate.ts";
import { CallTrail } from "./call-trail.ts";
import { callerProtocol } from "./caller-protocol.ts";
import type { Reach } from "./reached-name.ts";
import { type RequestBody, readBody } from "./request-body.ts";
import { RequestTurns } from "./request-turns.ts";
import { sendFault } from "./send-fault.ts";
import { MAX_LARGE_UNPROVED_BYTES, MAX_UNPROVED_BYTES, UnprovedBodies } from "./unproved-bodies.ts";
import {
  MAX_SMALL_BODY_BYTES,
  type StreamingService,
  type WholeCall,
  type WholeService,
  type WireService,
} from "./wire-service.ts";

export interface SignedRouteDependencies extends Authenticator {
  readonly services: readonly WireService[];
  readonly reach: Reach;
  readonly unprovedBodies: UnprovedBodies;
  /** Hears of what is our fault and not the caller's. */
  readonly onInternalError: (error: unknown, requestId: string) => void;
  /** Hears who it was, and over which connection, the moment that a signature is proved, before anything is done that may fail. */
  readonly onProved: (principal: Principal, socket: Socket) => void;
  /** Refuses a caller who calls too much, whatever the call is, before anything of it is looked at. Throws a CallerFault, after a while. */
  readonly admit: Admit;
  /** Hears of callers who could not be told apart, through no fault of theirs: a host may be among them. */
  readonly onUnheard: (error: unknown) => void;
  /** Absent: nothing is written down. */
  readonly audit?: Audit | undefined;
}

export type Admit = (principal: Principal, operation: string, bytes: number) => Promise<void>;

/** Who an unsigned call is: nobody, until the operation has looked at the credential in its body. */
const NOBODY: Principal = { role: "host", accessKeyId: "", hostId: null };

/** Claimed by the caller: whoever claims it falsely has a heartbeat's short wait, and is refused after it. */
const HEARTBEAT = "HostHeartbeat";

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
    const trail = new CallTrail(dependencies.audit, request, { requestId });
    try {
      // Whoever signs for no service that is known here reads what a streaming service says, too.
      const protocol = callerProtocol({ method, path, headers });
      const stream = streaming.find((service) => service.protocol === protocol);
      if (stream) await stream.handle(request, response);
      else await route({ request, response, requestId, trail }, whole, dependencies, door);
    } catch (error) {
      await trail.failed(error);
      sendFault(request, response, error, requestId, dependencies.onInternalError);
    }
  };
}

type Arrival = Pick<WholeCall, "request" | "response" | "requestId" | "trail">;

async function route(
  arrival: Arrival,
  services: readonly WholeService[],
  dependencies: SignedRouteDependencies,
  door: Door,
): Promise<void> {
  const { request, trail } = arrival;
  const { method = "GET", url: path = "/", headers } = request;
  if (!isSigned({ path, headers })) return answerUnsigned(arrival, services, dependencies, door);
  const authorization = parseAuthorization({ path, headers });
  trail.claims(authorization.accessKeyId);
  const { endpoint: publicEndpoint } = dependencies.reach(request);
  const service = serviceOf(authorization.service, request, services);
  trail.asks(service.claimedAction?.(request));
  // The body is read only for somebody whose key is known, and no longer than that key's calls are.
  const claim = await checkClaim({ headers }, dependencies, authorization, request).catch((error: unknown) => {
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
  trail.proved(principal);
  dependencies.onProved(principal, request.socket);
  await dependencies.admit(principal, operation, body.bytes.length);
  const { service: signingName } = authorization;
  await service.answer({ ...arrival, body: body.bytes, principal, signingName, publicEndpoint });
}

/** A call that was meant for a service that is not served is told so before anything else: its key may be one of AWS's. */
function serviceOf(signingName: string, { headers }: IncomingMessage, services: readonly WholeService[]): WholeService {
  const service =
    services.find(({ signingNames }) => signingNames.includes(signingName)) ??
    services.find((other) => other.isMeantBy?.(headers));
  if (service) return service;
  throw new CallerFault(
    "UnknownOperationException",
    `This server does not serve '${printable(signingName)}': it serves CodeDeploy, S3, ECS, Elastic Load Balancing v2, Lambda, STS and IAM. Call AWS for it, without this server's endpoint_url.`,
  );
}

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
  arrival: Arrival,
  services: readonly WholeService[],
  { reach }: SignedRouteDependencies,
  door: Door,
): Promise<void> {
  const { request, trail } = arrival;
  const { endpoint: publicEndpoint } = reach(request);
  for (const service of services) {
    const maximumBytes = service.maxUnsignedBodyBytes?.(request.headers);
    if (maximumBytes === undefined) continue;
    trail.asks(service.claimedAction?.(request));
    const body = await readBody(request, { maximumBytes, unproved: door.unproved });
    await prove(body, door, () => {});
    const call = { body: body.bytes, principal: NOBODY, signingName: undefined };
    return service.answer({ ...arrival, ...call, publicEndpoint });
  }
  throw new CallerFault(
    "MissingAuthenticationTokenException",
    'Missing Authentication Token: every call is signed with Signature V4. To let the AWS CLI and SDKs do so: eval "$(sluice env)"',
  );
}
