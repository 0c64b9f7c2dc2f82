import type { IncomingMessage } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { JSON_CONTENT_TYPE, parseTarget } from "@sluice/wire/json/json-protocol.ts";
import { headerValue } from "@sluice/wire/sigv4/http-request.ts";
import type { Action } from "../access/action.ts";
import { authorize } from "../access/authorize.ts";
import type { Principal } from "../access/principal.ts";
import { actionOf, answerJson, findService, type JsonService } from "./json-service.ts";
import { type OwnDoor, pass } from "./own-doors.ts";
import { sendWhole } from "./wire-answer.ts";
import { MAX_SMALL_BODY_BYTES, type WholeCall, type WholeService } from "./wire-service.ts";

export interface JsonSpeech {
  readonly services: readonly JsonService[];
  /** Paths that are no operations. They are signed like any call of these services. */
  readonly doors: readonly OwnDoor[];
  readonly accountId: string;
  /** Hears of each call that was answered and no fault. */
  readonly onDone?: ((action: Action) => void) | undefined;
}

/** AWS JSON 1.1: the service and its operation are in X-Amz-Target, whichever of the services' names is in the signature. */
export function speakJson({ services, doors, accountId, onDone }: JsonSpeech): WholeService {
  const doorOf = ({ url = "/" }: IncomingMessage) => doors.find(({ path }) => path.test(url));
  return {
    protocol: "json",
    signingNames: services.flatMap(({ signingNames }) => signingNames),
    isMeantBy: (headers) => {
      const prefix = headerValue(headers, "x-amz-target")?.split(".", 1)[0] ?? "";
      return services.some(({ targetPrefixes }) => targetPrefixes.includes(prefix));
    },
    claimedOperation: (headers) => {
      const target = headerValue(headers, "x-amz-target") ?? "";
      return target.slice(target.lastIndexOf(".") + 1);
    },
    claimedAction: (request) => doorOf(request)?.action ?? actionNamed(services, request),
    maxBodyBytes: (request, principal) => {
      if (request.headers["x-amz-target"] === undefined || doorOf(request)) return MAX_SMALL_BODY_BYTES;
      const { prefix, operation } = parseTarget(request.headers);
      const service = services.find(({ targetPrefixes }) => targetPrefixes.includes(prefix));
      // A call of nothing, or one that is refused: its fault is told when the signature is proved.
      if (!service) return MAX_SMALL_BODY_BYTES;
      return mayCall(service, operation, principal)
        ? service.inputMaxBytes(operation)
        : unknownBytes(service, operation, principal);
    },
    maxUnsignedBodyBytes: (headers) => {
      if (headers["x-amz-target"] === undefined) return undefined;
      const { prefix, operation } = parseTarget(headers);
      const service = findService(services, prefix);
      return service.unsignedOperations?.has(operation) ? service.inputMaxBytes(operation) : undefined;
    },
    answer: (call) => {
      const door = call.signingName === undefined ? undefined : doorOf(call.request);
      return door ? pass(door, call) : answer(services, call, accountId, onDone);
    },
  };
}

/** Undefined: it names nothing that is served. */
function actionNamed(services: readonly JsonService[], { headers }: IncomingMessage): Action | undefined {
  const [prefix = "", operation = ""] = headerValue(headers, "x-amz-target")?.split(".", 2) ?? [];
  const service = services.find(({ targetPrefixes }) => targetPrefixes.includes(prefix));
  return service && actionOf(service, operation);
}

function mayCall(service: JsonService, operation: string, principal: Principal): boolean {
  const action = actionOf(service, operation);
  return action !== undefined && authorize(principal, action, undefined) !== "refused";
}

/** Of an operation that does not exist, which a key is told however large its call is: as large as its largest call. */
function unknownBytes(service: JsonService, operation: string, principal: Principal): number {
  if (actionOf(service, operation)) return MAX_SMALL_BODY_BYTES;
  const allowed = Object.keys(service.table).filter((each) => mayCall(service, each, principal));
  return Math.max(MAX_SMALL_BODY_BYTES, ...allowed.map((each) => service.inputMaxBytes(each)));
}

async function answer(
  services: readonly JsonService[],
  call: WholeCall,
  accountId: string,
  onDone: JsonSpeech["onDone"],
): Promise<void> {
  const { request, response, principal, signingName, requestId, publicEndpoint, trail } = call;
  const target = parseTarget(request.headers);
  const service = findService(services, target.prefix);
  if (signingName !== undefined && !service.signingNames.includes(signingName)) {
    throw new CallerFault(
      "InvalidSignatureException",
      `Credential should be scoped to correct service: '${service.signingNames[0]}'; it names '${signingName}'.`,
    );
  }
  const hangUp = new AbortController();
  const undelivered: (() => void)[] = [];
  response.on("close", () => {
    if (response.writableFinished) return;
    hangUp.abort();
    for (const action of undelivered) action();
  });
  const body = await answerJson(service, target.operation, call.body, {
    principal,
    accountId,
    headers: request.headers,
    signal: hangUp.signal,
    publicEndpoint,
    requestId,
    trail,
    onUndelivered: (action) => {
      if (response.closed && !response.writableFinished) action();
      else undelivered.push(action);
    },
  });
  const action = actionOf(service, target.operation);
  if (action) onDone?.(action);
  const headers = { "content-type": JSON_CONTENT_TYPE, "x-amzn-requestid": requestId };
  sendWhole(response, { status: 200, headers, body });
}
