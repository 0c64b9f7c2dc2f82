import type { Rollout } from "../rollout.ts";
import { ECS_BLUE_GREEN } from "./ecs-blue-green.ts";
import { ECS_ROLLBACK } from "./ecs-rollback.ts";
import { LAMBDA_ROLLBACK } from "./lambda-rollback.ts";
import { LAMBDA_SHIFT } from "./lambda-shift.ts";
import { shiftRollout } from "./plan-shift.ts";
import type { ShiftStrategy } from "./shift-strategies.ts";

export const SHIFT_ROLLOUTS: { readonly [Type in ShiftStrategy["type"]]: Rollout } = {
  "ecs-blue-green": shiftRollout(ECS_BLUE_GREEN),
  "ecs-rollback": shiftRollout(ECS_ROLLBACK),
  "lambda-shift": shiftRollout(LAMBDA_SHIFT),
  "lambda-rollback": shiftRollout(LAMBDA_ROLLBACK),
};
