import type { EcsRule } from "../../ecs/watched-services.ts";
import { SHIFT_RULES } from "../shift/shift-rules.ts";
import { FAILS_EARLY } from "./fails-early.ts";
import { LEAVE } from "./leave.ts";
import { ONE_SHIFT } from "./one-shift.ts";
import { ORIGINAL_KEPT } from "./original-kept.ts";
import { SERVICE_TRUTH } from "./service-truth.ts";
import { STEADY } from "./steady.ts";

export const ECS_RULES: readonly EcsRule[] = [
  ...SHIFT_RULES,
  STEADY,
  ONE_SHIFT,
  FAILS_EARLY,
  LEAVE,
  ORIGINAL_KEPT,
  SERVICE_TRUTH,
];
