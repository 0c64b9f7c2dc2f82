import type { FunctionAlias } from "@sluice/engine/ports/function-alias.ts";
import type { HookInvoker } from "@sluice/engine/ports/hook-invoker.ts";
import type { TaskSets } from "@sluice/engine/ports/task-sets.ts";
import type { WeightedRouter } from "@sluice/engine/ports/weighted-router.ts";

/** Who serves ECS and Lambda. Nobody does until a driver is bound, and until then the API takes no deployment to them. */
export interface ShiftPorts {
  readonly taskSets?: TaskSets | undefined;
  readonly weightedRouter?: WeightedRouter | undefined;
  readonly functionAlias?: FunctionAlias | undefined;
  readonly hookInvoker?: HookInvoker | undefined;
}

/** Rejects what is asked of a port that no driver serves: it is asked again, as of one that is away. */
export function boundPort<Name extends keyof ShiftPorts>(ports: ShiftPorts, name: Name): NonNullable<ShiftPorts[Name]> {
  const port = ports[name];
  if (!port) throw new Error(`no driver is bound to the port ${name}`);
  return port;
}
