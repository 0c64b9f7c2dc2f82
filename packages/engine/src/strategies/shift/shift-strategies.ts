import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { LambdaAlias } from "../../ports/function-alias.ts";
import type { EcsService, TasksPlan } from "../../ports/task-sets.ts";
import type { TargetGroupPair } from "../../ports/weighted-router.ts";
import type { ShiftSchedule } from "../../traffic-shift.ts";

/** The hook of each event that has one, as the AppSpec names it. */
export type HookNames = Readonly<Partial<Record<LifecycleEventName, string>>>;

/** The hooks of a deployment, and who has them run. */
export interface Hooked {
  readonly hooks: HookNames;
  /** That of the deployment group. */
  readonly serviceRoleArn?: string | undefined;
  /** In which each has to answer. */
  readonly hookTimeoutMilliseconds: number;
  /** One that returns without an answer fails its event soon. Otherwise somebody else may answer for it, for as long as there is time. */
  readonly hookMustAnswer: boolean;
}

/** A new task set beside the one that serves takes the traffic over by weights; the old one is kept for a while, and removed. */
export interface EcsBlueGreen extends Hooked {
  readonly type: "ecs-blue-green";
  readonly schedule: ShiftSchedule;
  readonly service: EcsService;
  readonly taskSet: TasksPlan;
  readonly pair: TargetGroupPair;
  /** How long traffic waits for ContinueDeployment before the deployment stops; null: it does not wait. */
  readonly readyWaitMilliseconds: number | null;
  /** How long the original task set is kept for a way back before it is removed; null: it is kept alive. */
  readonly terminationWaitMilliseconds: number | null;
  /** A replacement whose tasks keep stopping fails at once, and not at the end of its time. */
  readonly failsEarly: boolean;
}

/** The way back of an `ecs-blue-green`: all traffic to the original task set, and the replacement is removed. No new task set. */
export interface EcsRollback {
  readonly type: "ecs-rollback";
  readonly service: EcsService;
  readonly pair: TargetGroupPair;
  /** The deployment whose traffic is taken back; its task set has its id as `externalId`. */
  readonly failedDeploymentId: string;
  readonly originalTaskSetId: string;
  readonly originalTargetGroup: string;
  /** Null: none is known to have been made. */
  readonly replacementTaskSetId: string | null;
}

/** An alias moves from one published version to another by weights. */
export interface LambdaShift extends Hooked {
  readonly type: "lambda-shift";
  readonly schedule: ShiftSchedule;
  readonly alias: LambdaAlias;
  /** Null: what the alias points at when the deployment starts. From then on its target knows it. */
  readonly currentVersion: string | null;
  readonly targetVersion: string;
}

/** The way back of a `lambda-shift`: the alias is at `currentVersion` again, as before it. */
export interface LambdaRollback {
  readonly type: "lambda-rollback";
  readonly alias: LambdaAlias;
  readonly currentVersion: string;
  readonly targetVersion: string;
}

export type ShiftStrategy = EcsBlueGreen | EcsRollback | LambdaShift | LambdaRollback;

const SHIFTS: { readonly [Type in ShiftStrategy["type"]]: true } = {
  "ecs-blue-green": true,
  "ecs-rollback": true,
  "lambda-shift": true,
  "lambda-rollback": true,
};

/** Whether it moves the traffic of one service or function, and concerns no host. */
export function isShift<S extends { readonly type: string }>(strategy: S): strategy is Extract<S, ShiftStrategy> {
  return strategy.type in SHIFTS;
}

/** ECSTarget's id. */
export function ecsTargetId({ clusterName, serviceName }: EcsService): string {
  return `${clusterName}:${serviceName}`;
}

export function otherGroup({ targetGroups: [first, second] }: TargetGroupPair, targetGroup: string): string {
  return targetGroup === first ? second : first;
}
