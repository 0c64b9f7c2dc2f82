import { MAX_EVENT_INVOCATION_BYTES } from "@sluice/model/lambda-limits.ts";
import type { Timers } from "../loops/timers.ts";
import { type EventRow, findHookEvent } from "../store/lambda/events.ts";
import type { Store } from "../store/open-store.ts";
import type { EventQueue } from "./event-queue.ts";
import type { FunctionRoutes } from "./function-routes.ts";
import { type InvokeFunction, tooLarge } from "./invoke-function.ts";
import type { LaterInvocation, LaterState, LocalFunctions } from "./local-functions.ts";

export interface LocalFunctionsDependencies {
  readonly store: Pick<Store, "db">;
  readonly timers: Pick<Timers, "now">;
  readonly routes: Pick<FunctionRoutes, "find">;
  readonly invoke: InvokeFunction;
  readonly queue: Pick<EventQueue, "add">;
  readonly randomUuid: () => string;
}

export function createLocalFunctions(dependencies: LocalFunctionsDependencies): LocalFunctions {
  const { store, routes, invoke } = dependencies;
  return {
    invoke,
    check: async ({ functionName, qualifier }) => {
      await routes.find(functionName, qualifier);
    },
    invokeLater: (invocation) => invokeLater(invocation, dependencies),
    hookState: async (deploymentId, executionId) => {
      const event = await findHookEvent(store.db, deploymentId, executionId);
      return event && stateOf(event);
    },
  };
}

async function invokeLater(
  { functionName, qualifier, payload, hook }: LaterInvocation,
  { routes, queue, timers, randomUuid }: LocalFunctionsDependencies,
): Promise<{ readonly requestId: string }> {
  if (payload.byteLength > MAX_EVENT_INVOCATION_BYTES) throw tooLarge(payload.byteLength, MAX_EVENT_INVOCATION_BYTES);
  await routes.find(functionName, qualifier);
  const requestId = await queue.add({
    request_id: randomUuid(),
    function_name: functionName,
    qualifier: qualifier ?? null,
    deployment_id: hook?.deploymentId ?? null,
    execution_id: hook?.executionId ?? null,
    payload: payload.byteLength === 0 ? "{}" : Buffer.from(payload).toString(),
    created_at: timers.now(),
  });
  return { requestId };
}

function stateOf(event: EventRow): LaterState {
  const { state, error_type, error_message, log_tail } = event;
  switch (state) {
    case "waiting":
      return { state, reason: error_message ?? "" };
    case "running":
      return { state };
    case "answered":
      return { state, logTail: log_tail ?? "" };
    case "failed":
      return { state, errorType: error_type ?? "", errorMessage: error_message ?? "", logTail: log_tail ?? "" };
  }
}
