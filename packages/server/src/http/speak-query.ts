import { CallerFault } from "@sluice/model/caller-fault.ts";
import {
  MAX_QUERY_INPUT_BYTES,
  parseQueryCall,
  serialiseQueryAnswer,
  serialiseQueryFault,
} from "@sluice/wire/query/query-protocol.ts";
import type { QueryService } from "@sluice/wire/query/query-service.ts";
import type { Action } from "../access/action.ts";
import type { Principal } from "../access/principal.ts";
import { requireAllowed } from "../access/require-allowed.ts";
import { type NeedsOfCall, type NeedsParts, requireNeedsOf } from "../needs/require-needs.ts";
import { sendWhole, type WireAnswer } from "./wire-answer.ts";
import type { WholeCall, WholeService } from "./wire-service.ts";

/** One service of the query protocol: its operations, and what they do. */
export interface QueryOperations {
  readonly service: QueryService;
  readonly accountId: string;
  /** What a call needs to be allowed, once its input has been read. */
  readonly needsOf: NeedsOfCall;
  readonly needsParts: NeedsParts;
  /** Input and output in the shapes of the service's table. */
  call(operation: string, input: unknown, principal: Principal): Promise<object>;
  /** Hears of each call that was answered and no fault. */
  onDone?(action: Action): void;
}

/** The query protocol: the operation and its input are a form, and the answer is XML, whatever form the rest of the request has. */
export function speakQuery(operations: QueryOperations): WholeService {
  return {
    protocol: "query",
    signingNames: [operations.service.signingName],
    claimedOperation: () => "",
    maxBodyBytes: () => MAX_QUERY_INPUT_BYTES,
    answer: async (call) => sendWhole(call.response, await answer(operations, call)),
  };
}

async function answer(
  operations: QueryOperations,
  { request, body, principal, requestId, trail }: WholeCall,
): Promise<WireAnswer> {
  const { service, accountId } = operations;
  const { method = "GET", url: path = "/" } = request;
  try {
    const { operation, input } = parseQueryCall(service, { method, path, body });
    // A test holds that each operation has its action.
    const action = `${service.signingName}:${operation}` as Action;
    const shapes = service.table[operation]!;
    trail.asks(action);
    trail.takes(shapes.input, input);
    requireAllowed(principal, action, accountId);
    await requireNeedsOf(operations.needsOf, { operation, input, principal }, operations.needsParts);
    const output = await operations.call(operation, input, principal);
    await trail.succeeded(shapes.output, output);
    operations.onDone?.(action);
    return serialiseQueryAnswer(service, operation, output, requestId);
  } catch (error) {
    await trail.failed(error);
    if (error instanceof CallerFault) return serialiseQueryFault(error, requestId, service.namespace);
    throw error;
  }
}
