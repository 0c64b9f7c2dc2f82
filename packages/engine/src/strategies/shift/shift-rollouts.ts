import type { Strategy } from "../../state.ts";
import { ECS_BLUE_GREEN } from "./ecs-blue-green.ts";
import { ECS_ROLLBACK } from "./ecs-rollback.ts";
import { LAMBDA_ROLLBACK } from "./lambda-rollback.ts";
import { LAMBDA_SHIFT } from "./lambda-shift.ts";
import type { ShiftRollout } from "./shift-rollout.ts";
import type { ShiftStrategy } from "./shift-strategies.ts";

const SHIFT_ROLLOUTS: { readonly [Type in ShiftStrategy["type"]]: ShiftRollout } = {
  "ecs-blue-green": ECS_BLUE_GREEN,
  "ecs-rollback": ECS_ROLLBACK,
  "lambda-shift": LAMBDA_SHIFT,
  "lambda-rollback": LAMBDA_ROLLBACK,
};

/** Whether it moves the traffic of one service or function, and concerns no host. */
export function isShift(strategy: Strategy): strategy is ShiftStrategy {
  return strategy.type in SHIFT_ROLLOUTS;
}

export function shiftRolloutOf({ type }: ShiftStrategy): ShiftRollout {
  return SHIFT_ROLLOUTS[type];
}
