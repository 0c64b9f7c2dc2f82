import type { RoutingInput } from "@sluice/model/deployment-config.ts";

/** What the new side gets, from a minute on. */
export interface ShiftStep {
  readonly minute: number;
  readonly percent: number;
}

/** More steps than this are no picture any more. */
const DRAWN_STEPS = 100;
const WHOLE = 100;

/** How traffic moves with a configuration: the first step is at once, the last has all of it. Empty: what is given makes no sense yet. */
export function shiftSteps({
  type,
  timeBasedCanary: canary,
  timeBasedLinear: linear,
}: RoutingInput): readonly ShiftStep[] {
  if (type === "AllAtOnce") return [{ minute: 0, percent: WHOLE }];
  if (type === "TimeBasedCanary") {
    const { canaryPercentage: percent = 0, canaryInterval: interval = 0 } = canary ?? {};
    if (!isSteady(percent, interval)) return [];
    return [
      { minute: 0, percent },
      { minute: interval, percent: WHOLE },
    ];
  }
  const { linearPercentage: percent = 0, linearInterval: interval = 0 } = linear ?? {};
  if (!isSteady(percent, interval)) return [];
  const count = Math.min(DRAWN_STEPS, Math.ceil(WHOLE / percent));
  return Array.from({ length: count }, (_, index) => ({
    minute: index * interval,
    percent: Math.min(WHOLE, (index + 1) * percent),
  }));
}

function isSteady(percent: number, interval: number): boolean {
  return percent > 0 && percent <= WHOLE && interval > 0;
}
