import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { AliasRouting, VersionFacts } from "../../ports/function-alias.ts";
import type { HookFacts } from "../../ports/hook-invoker.ts";
import type { ServiceFacts, TaskDefinitionFacts } from "../../ports/task-sets.ts";
import type { PairTraffic } from "../../ports/weighted-router.ts";

/** What was found of a service, its balancer and the hooks before anything was touched. */
export interface EcsFacts {
  /** Null: there is no such service. */
  readonly service: ServiceFacts | null;
  readonly traffic: PairTraffic;
  /** Absent: nobody was asked, since no task set is to be made. */
  readonly taskDefinition?: TaskDefinitionFacts | undefined;
  readonly hooks: readonly HookFinding[];
}

/** What was found of an alias, its versions and the hooks before anything was touched. */
export interface LambdaFacts {
  /** Null: there is no such function or alias. */
  readonly routing: AliasRouting | null;
  /** Of the version that the strategy names, or else of what the alias points at. Null: it is not published. */
  readonly current: VersionFacts | null;
  /** Null: it is not published. */
  readonly target: VersionFacts | null;
  /** The deployment that was stopped, and has left the alias weighted as it is; absent: none is known to have. */
  readonly leftBy?: string | undefined;
  readonly hooks: readonly HookFinding[];
}

export interface HookFinding {
  readonly event: LifecycleEventName;
  readonly hook: string;
  readonly facts: HookFacts;
}

/** What is found for a shift, as its deployment's targets are resolved. */
export type ShiftFacts =
  | { readonly outcome: "ecs-service"; readonly facts: EcsFacts }
  | { readonly outcome: "lambda-alias"; readonly facts: LambdaFacts };
