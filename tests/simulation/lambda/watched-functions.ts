import type { AliasRouting } from "@sluice/engine/ports/function-alias.ts";
import type { Rule } from "../rules/rule.ts";
import type { ShiftMoments, ShiftWatchParts } from "../shift/watched-shifts.ts";

export interface LambdaWatchParts extends ShiftWatchParts {
  /** The alias of the group, as it really routes. */
  readonly routingOf: (groupId: string) => AliasRouting | undefined;
  /** The version that had all traffic before the group's last deployment moved any of it; undefined: it has moved none. */
  readonly servedBefore: (groupId: string) => string | undefined;
}

export interface LambdaMoments extends ShiftMoments {
  /** An alias that sent traffic to a version of somebody else was shifted. */
  othersOverwritten: (groupId: string) => void;
}

export type LambdaRule = Rule<LambdaWatchParts, LambdaMoments>;
