import { hookNamed } from "@sluice/engine/ports/hook-invoker.ts";
import { groupOfPair } from "@sluice/engine/ports/target-group-name.ts";
import type { ServiceFacts, TasksPlan } from "@sluice/engine/ports/task-sets.ts";
import type { TargetGroupPair } from "@sluice/engine/ports/weighted-router.ts";
import type { HookFinding, ShiftFacts } from "@sluice/engine/strategies/shift/shift-facts.ts";
import type {
  EcsBlueGreen,
  EcsRollback,
  Hooked,
  LambdaRollback,
  LambdaShift,
  ShiftStrategy,
} from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { boundPort, type ShiftPorts } from "../platforms/shift-ports.ts";

type NamedHooks = Pick<Hooked, "hooks" | "serviceRoleArn">;

/** Whoever goes back asks nobody whether it may. */
const NO_HOOKS: NamedHooks = { hooks: {} };

/** Asks everybody who knows something about what a shift is to move, before anything is touched. */
export async function gatherShiftFacts(
  ports: ShiftPorts,
  strategy: ShiftStrategy,
  signal: AbortSignal,
): Promise<ShiftFacts> {
  switch (strategy.type) {
    case "ecs-blue-green":
      return ecsFacts(ports, strategy, strategy, strategy.taskSet, signal);
    case "ecs-rollback":
      return ecsFacts(ports, strategy, NO_HOOKS, null, signal);
    case "lambda-shift":
      return lambdaFacts(ports, strategy, strategy, signal);
    case "lambda-rollback":
      return lambdaFacts(ports, strategy, NO_HOOKS, signal);
    default: {
      const never: never = strategy;
      return never;
    }
  }
}

/** @param plan of the task set that is to be made; null: none is */
async function ecsFacts(
  ports: ShiftPorts,
  { service: name, pair }: EcsBlueGreen | EcsRollback,
  hooked: NamedHooks,
  plan: TasksPlan | null,
  signal: AbortSignal,
): Promise<ShiftFacts> {
  const taskSets = boundPort(ports, "taskSets");
  const [service, definition, traffic, found] = await Promise.all([
    taskSets.describe(name, signal),
    plan === null ? undefined : taskSets.inspectTaskDefinition(name, plan, signal),
    boundPort(ports, "weightedRouter").describe(pair, signal),
    findHooks(ports, hooked, signal),
  ]);
  return {
    outcome: "ecs-service",
    facts: {
      service: service ? inWordsOf(pair, service) : null,
      traffic,
      hooks: found,
      ...(definition ? { taskDefinition: definition } : {}),
    },
  };
}

/** A group names its target groups, and a service has their ARNs. */
function inWordsOf(pair: TargetGroupPair, facts: ServiceFacts): ServiceFacts {
  const taskSets = facts.taskSets.map((taskSet) => {
    const { targetGroup } = taskSet;
    return { ...taskSet, targetGroup: targetGroup && (groupOfPair(pair, targetGroup) ?? targetGroup) };
  });
  return { ...facts, taskSets };
}

async function lambdaFacts(
  ports: ShiftPorts,
  { alias, currentVersion, targetVersion }: LambdaShift | LambdaRollback,
  hooked: NamedHooks,
  signal: AbortSignal,
): Promise<ShiftFacts> {
  const functions = boundPort(ports, "functionAlias");
  const inspect = (version: string) => functions.inspectVersion(alias, version, signal);
  const [{ routing, current }, target = null, hooks] = await Promise.all([
    functions.describe(alias, signal).then(async (found) => {
      const version = currentVersion ?? found?.version;
      return { routing: found ?? null, current: (version !== undefined && (await inspect(version))) || null };
    }),
    inspect(targetVersion),
    findHooks(ports, hooked, signal),
  ]);
  return { outcome: "lambda-alias", facts: { routing, current, target, hooks } };
}

async function findHooks(
  ports: ShiftPorts,
  { hooks, serviceRoleArn }: NamedHooks,
  signal: AbortSignal,
): Promise<readonly HookFinding[]> {
  const named = Object.entries(hooks) as readonly (readonly [LifecycleEventName, string])[];
  return Promise.all(
    named.map(async ([event, hook]) => ({
      event,
      hook,
      facts: await boundPort(ports, "hookInvoker").find(hookNamed(hook, serviceRoleArn), signal),
    })),
  );
}
