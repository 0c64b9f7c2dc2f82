import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { AliasShift, LambdaAlias } from "../../ports/function-alias.ts";
import type { HookInvocation } from "../../ports/hook-invoker.ts";
import type { EcsService, TaskSetPlan } from "../../ports/task-sets.ts";
import type { PairWeights, TargetGroupPair } from "../../ports/weighted-router.ts";

/** The command of a target that an effect is part of. It is wanted for as long as the target has that command. */
interface OfCommand {
  readonly key: string;
  readonly targetId: string;
  readonly event: LifecycleEventName;
  readonly attempt: number;
}

interface OfTaskSet {
  readonly service: EcsService;
  readonly taskSetId: string;
}

/** What ECS, its balancer, Lambda and hooks are asked for. Each says all that its port has to know. */
export type ShiftEffect =
  /** Its report says which task set it is. */
  | ({ readonly kind: "createTaskSet"; readonly service: EcsService; readonly plan: TaskSetPlan } & OfCommand)
  /** Done when all its tasks run. `failsEarly`: failed as soon as its tasks keep stopping. */
  | ({ readonly kind: "awaitTaskSet"; readonly failsEarly: boolean } & OfTaskSet & OfCommand)
  | ({
      readonly kind: "setTestTraffic";
      readonly pair: TargetGroupPair;
      readonly targetGroup: string;
    } & OfCommand)
  | ({
      readonly kind: "setWeights";
      readonly step: number;
      readonly pair: TargetGroupPair;
      readonly weights: PairWeights;
      /** The task set that gets more traffic, and gets none while it is not steady; null: it gets it whatever its state. */
      readonly gaining: OfTaskSet | null;
    } & OfCommand)
  | ({ readonly kind: "promoteTaskSet" } & OfTaskSet & OfCommand)
  | ({
      readonly kind: "setAliasWeights";
      readonly step: number;
      readonly alias: LambdaAlias;
      readonly shift: AliasShift;
    } & OfCommand)
  /**
   * Done when nothing more is to be seen of the hook. Its answer comes as a report on the command. `mustAnswer`: failed when it returned
   * without one.
   */
  | ({ readonly kind: "invokeHook"; readonly invocation: HookInvocation; readonly mustAnswer: boolean } & OfCommand)
  /** Of the deployment as a whole, after its events. */
  | ({ readonly kind: "removeTaskSet"; readonly key: string; readonly targetId: string } & OfTaskSet);
