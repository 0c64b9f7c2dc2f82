import type { IncomingMessage } from "node:http";
import { writeRestAnswer } from "@sluice/wire/rest-json/rest-answer.ts";
import { readRestInput } from "@sluice/wire/rest-json/rest-call.ts";
import { noSuchCall, type RestRoute, RestRoutes, unservedCall } from "@sluice/wire/rest-json/rest-routes.ts";
import type { RestService } from "@sluice/wire/rest-json/rest-service.ts";
import type { Action } from "../access/action.ts";
import { authorize } from "../access/authorize.ts";
import type { Principal } from "../access/principal.ts";
import { requireAllowed } from "../access/require-allowed.ts";
import { type NeedsOfCall, type NeedsParts, requireNeedsOf } from "../needs/require-needs.ts";
import { CallerHungUp } from "./request-body.ts";
import { sendWhole } from "./wire-answer.ts";
import { MAX_SMALL_BODY_BYTES, type WholeCall, type WholeService } from "./wire-service.ts";

/** What a call brings besides its input. */
export interface RestCall {
  readonly principal: Principal;
  /** Aborted when the caller hangs up before it has its answer. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  /** By which this caller reaches the server. */
  readonly publicEndpoint: string;
}

/** One service of REST-JSON: its operations, and what they do. */
export interface RestOperations {
  readonly service: RestService;
  readonly accountId: string;
  actionOf(operation: string): Action;
  /** The largest body that a call of the operation may have. */
  inputMaxBytes(operation: string, request: IncomingMessage): number;
  /** What a call needs to be allowed, once its input has been read. */
  readonly needsOf: NeedsOfCall;
  readonly needsParts: NeedsParts;
  /** Input and output in the shapes of the service's table. */
  call(operation: string, input: unknown, call: RestCall): Promise<RestOutput>;
  /** Hears of each call that was answered and no fault. */
  onDone?(action: Action): void;
}

/** `requestId`: under which the service knows the call, where it is another one. */
export interface RestOutput {
  readonly output: object;
  readonly requestId?: string | undefined;
}

/** REST-JSON: the operation is in the method and the path. Its faults are written where those of all protocols are. */
export function speakRestJson(operations: RestOperations): WholeService {
  const { service } = operations;
  const routes = new RestRoutes(service);
  const routeOf = ({ method = "GET", url = "/" }: IncomingMessage) => routes.find(method, url);
  return {
    protocol: "rest-json",
    signingNames: [service.signingName],
    claimedOperation: () => "",
    claimedAction: (request) => {
      const route = routeOf(request);
      return route?.isServed ? operations.actionOf(route.operation) : undefined;
    },
    maxBodyBytes: (request, principal) => {
      const route = routeOf(request);
      // A call of nothing, or one that is refused: its fault is told when the signature is proved.
      if (!route?.isServed) return MAX_SMALL_BODY_BYTES;
      const { operation } = route;
      const isRefused = authorize(principal, operations.actionOf(operation), undefined) === "refused";
      return isRefused ? MAX_SMALL_BODY_BYTES : operations.inputMaxBytes(operation, request);
    },
    answer: (call) => answer(operations, routeOf(call.request), call),
  };
}

async function answer(
  operations: RestOperations,
  route: RestRoute | undefined,
  { request, response, body, principal, requestId, publicEndpoint, trail }: WholeCall,
): Promise<void> {
  const { service, accountId } = operations;
  const { method = "GET", url: path = "/", headers } = request;
  if (!route) throw noSuchCall(service.signingName, method, path);
  const { operation, isServed } = route;
  if (!isServed) throw unservedCall(service.signingName, operation);
  requireAllowed(principal, operations.actionOf(operation), accountId);
  const { input: inputShape, output: outputShape } = service.table[operation]!;
  const input = readRestInput(service, route, { path, headers, body });
  trail.takes(inputShape, input);
  await requireNeedsOf(operations.needsOf, { operation, input, principal }, operations.needsParts);
  const hangUp = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) hangUp.abort(new CallerHungUp());
  });
  const result = await operations.call(operation, input, {
    principal,
    signal: hangUp.signal,
    requestId,
    publicEndpoint,
  });
  await trail.succeeded(outputShape, result.output);
  operations.onDone?.(operations.actionOf(operation));
  sendWhole(response, writeRestAnswer(service, operation, result.output, result.requestId ?? requestId));
}
