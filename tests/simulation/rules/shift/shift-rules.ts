import type { ShiftRule } from "../../shift/watched-shifts.ts";
import { EVERY_PLATFORM_RULES } from "../every-platform.ts";
import { rollbackRule } from "../rollback.ts";
import { BY_SCHEDULE } from "./by-schedule.ts";
import { HOOK_HEARD } from "./hook-heard.ts";
import { HOOK_RETURNED } from "./hook-returned.ts";
import { HOOK_TRUTH } from "./hook-truth.ts";
import { IN_ITS_EVENT } from "./in-its-event.ts";
import { PAUSED } from "./paused.ts";
import { SAID_TO_BE } from "./said-to-be.ts";
import { CALM } from "./shift-calm.ts";
import { canGoBack } from "./shift-can-go-back.ts";
import { OUTCOME } from "./shift-outcome.ts";
import { STOP_ENDS } from "./shift-stop-ends.ts";
import { SUMS } from "./sums.ts";
import { WENT_BACK } from "./went-back.ts";
import { WENT_OVER } from "./went-over.ts";

/** The rules of everything whose traffic is shifted by weights. */
export const SHIFT_RULES: readonly ShiftRule[] = [
  ...EVERY_PLATFORM_RULES,
  rollbackRule(canGoBack),
  SUMS,
  BY_SCHEDULE,
  PAUSED,
  IN_ITS_EVENT,
  SAID_TO_BE,
  HOOK_TRUTH,
  HOOK_HEARD,
  HOOK_RETURNED,
  WENT_OVER,
  WENT_BACK,
  OUTCOME,
  STOP_ENDS,
  CALM,
];
