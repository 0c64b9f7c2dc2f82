import type { ShiftSchedule } from "@sluice/engine/traffic-shift.ts";
import type { Moments, Rule } from "../rules/rule.ts";
import type { WatchParts } from "../watch-parts.ts";
import type { Watched, WatchedGroup } from "../watched.ts";
import type { GateAsk } from "./gate-ledger.ts";
import type { HookLedger } from "./hook-ledger.ts";
import type { ShiftDeployment, ShiftGroupScenario } from "./shift-scenario.ts";

export interface ShiftGroup extends WatchedGroup {
  readonly scenario: ShiftGroupScenario;
}

/** A weight that came into force. */
export interface WeightSet {
  readonly at: number;
  /** Of the new side. */
  readonly percent: number;
}

/** What a person asked for, who created it. */
export interface Order {
  readonly deployment: ShiftDeployment;
  readonly schedule: ShiftSchedule;
}

export interface ShiftWatchParts extends WatchParts {
  readonly groups: ReadonlyMap<string, ShiftGroup>;
  readonly hooks: HookLedger;
  /** By deployment id; undefined: nobody did, it is a rollback. */
  readonly orderOf: (deploymentId: string) => Order | undefined;
  /** What people asked of the deployment's shift. */
  readonly gatesOf: (deploymentId: string) => readonly GateAsk[];
  /** Whether what people ask may arrive twice. */
  readonly isRepeating: boolean;
  /** What the new side of the deployment really gets, in percent; null: it is not known yet which that is. */
  readonly newPercentOf: (watched: Watched) => number | null;
  /** Somebody who is no deployment has changed where the traffic goes since the deployment was created. */
  readonly isMeddledWith: (watched: Watched) => boolean;
  /** What is wrong with the group's weights as they are; null: nothing. */
  readonly weightsFault: (groupId: string) => string | null;
  /** What the deployment asks for is in order, as the outside is now. */
  readonly canStart: (watched: Watched) => boolean;
}

export interface ShiftMoments extends Moments {
  /** The group's production traffic has changed. */
  trafficMoved: (groupId: string) => void;
}

export type ShiftRule = Rule<ShiftWatchParts, ShiftMoments>;

/** Whether it moves traffic forward, and not back. */
export function isForward({ head: { strategy } }: Watched): boolean {
  return strategy.type === "ecs-blue-green" || strategy.type === "lambda-shift";
}
