import { CallerFault } from "@sluice/model/caller-fault.ts";
import { parseInput, serialiseOutput } from "@sluice/wire/json/json-protocol.ts";
import type { OperationTable, OperationTypes } from "@sluice/wire/shapes/shape.ts";
import type { HttpHeaders } from "@sluice/wire/sigv4/http-request.ts";
import type { Action } from "../access/action.ts";
import type { Principal } from "../access/principal.ts";
import { requireAllowed } from "../access/require-allowed.ts";
import { type NeedsOfCall, type NeedsParts, requireNeedsOf } from "../needs/require-needs.ts";
import type { CallTrail } from "./call-trail.ts";

/** One AWS JSON 1.1 service: which requests are its own, and what the calls do. */
export interface JsonService {
  readonly signingNames: readonly string[];
  readonly targetPrefixes: readonly string[];
  readonly table: OperationTable;
  /** Operations that AWS has, and this server does not. */
  readonly unserved?: ReadonlySet<string>;
  /** Operations whose credential is in their body. */
  readonly unsignedOperations?: ReadonlySet<string>;
  /** The largest body that a call of the operation may have. */
  inputMaxBytes(operation: string): number;
  /** What a call needs to be allowed, once its input has been read. */
  readonly needsOf: NeedsOfCall;
  /** In which that is looked up. */
  readonly needsParts: NeedsParts;
  call(operation: string, input: unknown, call: JsonCall): Promise<object>;
}

/** What a call brings besides its input. */
export interface JsonCall {
  readonly principal: Principal;
  readonly accountId: string;
  readonly headers: HttpHeaders;
  /** Aborted when the caller hangs up before it has its answer. */
  readonly signal: AbortSignal;
  /** By which this caller reaches the server: one of the server's own names, never what the caller made up. */
  readonly publicEndpoint: string;
  readonly requestId: string;
  /** Registers what to do when the answer cannot be delivered. */
  readonly onUndelivered: (action: () => void) => void;
  readonly trail: CallTrail;
}

/** What a call of one of the service's operations is to authorisation (a test holds that each has its action); undefined: it has no such operation. */
export function actionOf({ table, signingNames }: JsonService, operation: string): Action | undefined {
  return Object.hasOwn(table, operation) ? (`${signingNames[0]}:${operation}` as Action) : undefined;
}

export function findService(services: readonly JsonService[], targetPrefix: string): JsonService {
  const service = services.find(({ targetPrefixes }) => targetPrefixes.includes(targetPrefix));
  if (service) return service;
  const known = services.flatMap(({ targetPrefixes }) => targetPrefixes).join(", ");
  throw new CallerFault(
    "UnknownOperationException",
    `X-Amz-Target names '${targetPrefix}'; this server speaks ${known}.`,
  );
}

/** Body in, body out. The caller is known and the signature was proved. */
export async function answerJson(
  service: JsonService,
  operation: string,
  body: Uint8Array,
  call: JsonCall,
): Promise<string> {
  const action = actionOf(service, operation);
  if (action === undefined) throw unknownOperation(service, operation);
  call.trail.asks(action);
  requireAllowed(call.principal, action, call.accountId);
  const input = parseInput<OperationTypes, string>(service.table, operation, body);
  call.trail.takes(service.table[operation]!.input, input);
  await requireNeedsOf(service.needsOf, { operation, input, principal: call.principal }, service.needsParts);
  const output = await service.call(operation, input, call);
  await call.trail.succeeded(service.table[operation]!.output, output);
  return serialiseOutput<OperationTypes, string>(service.table, operation, output);
}

function unknownOperation({ targetPrefixes, signingNames, unserved }: JsonService, operation: string): CallerFault {
  const [prefix, name] = [targetPrefixes[0], signingNames[0]];
  return new CallerFault(
    "UnknownOperationException",
    unserved?.has(operation)
      ? `Sluice does not serve the operation ${operation} of ${name}. docs/reference/${name}.md lists those that it serves.`
      : `There is no operation ${operation} in ${prefix}.`,
  );
}
