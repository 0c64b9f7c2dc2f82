import { ALARM } from "./alarm.ts";
import { DECIDED } from "./decided.ts";
import { ENDED_WHOLE } from "./ended-whole.ts";
import { IN_ORDER } from "./in-order.ts";
import { MARKED } from "./marked.ts";
import { NUMBERED } from "./numbered.ts";
import { ON_TIME } from "./on-time.ts";
import { ONCE } from "./once.ts";
import { ONE_ACTIVE } from "./one-active.ts";
import { OVERVIEW } from "./overview.ts";
import type { Rule } from "./rule.ts";
import { STATE_FITS } from "./state-fits.ts";
import { STOPPED } from "./stopped.ts";
import { TERMINAL } from "./terminal.ts";

/** The rules that hold on every platform. */
export const EVERY_PLATFORM_RULES: readonly Rule[] = [
  TERMINAL,
  STATE_FITS,
  IN_ORDER,
  ONCE,
  STOPPED,
  ONE_ACTIVE,
  NUMBERED,
  ENDED_WHOLE,
  OVERVIEW,
  MARKED,
  DECIDED,
  ON_TIME,
  ALARM,
];
