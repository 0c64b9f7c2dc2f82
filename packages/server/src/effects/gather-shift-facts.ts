import type { HookFinding, ShiftFacts } from "@sluice/engine/strategies/shift/shift-facts.ts";
import type {
  EcsBlueGreen,
  EcsRollback,
  HookNames,
  LambdaRollback,
  LambdaShift,
  ShiftStrategy,
} from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { boundPort, type ShiftPorts } from "./shift-ports.ts";

/** Asks everybody who knows something about what a shift is to move, before anything is touched. */
export async function gatherShiftFacts(
  ports: ShiftPorts,
  strategy: ShiftStrategy,
  signal: AbortSignal,
): Promise<ShiftFacts> {
  switch (strategy.type) {
    case "ecs-blue-green":
      return ecsFacts(ports, strategy, strategy.hooks, signal);
    case "ecs-rollback":
      return ecsFacts(ports, strategy, {}, signal);
    case "lambda-shift":
      return lambdaFacts(ports, strategy, strategy.hooks, signal);
    case "lambda-rollback":
      return lambdaFacts(ports, strategy, {}, signal);
    default: {
      const never: never = strategy;
      return never;
    }
  }
}

async function ecsFacts(
  ports: ShiftPorts,
  { service: name, pair }: EcsBlueGreen | EcsRollback,
  hooks: HookNames,
  signal: AbortSignal,
): Promise<ShiftFacts> {
  const [service = null, traffic, found] = await Promise.all([
    boundPort(ports, "taskSets").describe(name, signal),
    boundPort(ports, "weightedRouter").describe(pair, signal),
    findHooks(ports, hooks, signal),
  ]);
  return { outcome: "ecs-service", facts: { service, traffic, hooks: found } };
}

async function lambdaFacts(
  ports: ShiftPorts,
  { alias, currentVersion, targetVersion }: LambdaShift | LambdaRollback,
  hooks: HookNames,
  signal: AbortSignal,
): Promise<ShiftFacts> {
  const functions = boundPort(ports, "functionAlias");
  const [routing = null, current = null, target = null, found] = await Promise.all([
    functions.describe(alias, signal),
    functions.inspectVersion(alias.functionName, currentVersion, signal),
    functions.inspectVersion(alias.functionName, targetVersion, signal),
    findHooks(ports, hooks, signal),
  ]);
  return { outcome: "lambda-alias", facts: { routing, current, target, hooks: found } };
}

async function findHooks(ports: ShiftPorts, hooks: HookNames, signal: AbortSignal): Promise<readonly HookFinding[]> {
  const named = Object.entries(hooks) as readonly (readonly [LifecycleEventName, string])[];
  return Promise.all(
    named.map(async ([event, hook]) => ({
      event,
      hook,
      facts: await boundPort(ports, "hookInvoker").find(hook, signal),
    })),
  );
}
