import { duration } from "@sluice/engine/preflight-words.ts";
import type { ShiftRehearsal, ShiftRehearsalStep } from "@sluice/engine/rehearse-shift.ts";
import { shiftTarget } from "@sluice/engine/strategies/shift/phase.ts";
import type { PlannedStep } from "@sluice/wire/sluice/sluice-api.ts";

const SECOND = 1000;

/** What the deployment does, step by step, in words. */
export function shiftSteps({ end, steps }: ShiftRehearsal): PlannedStep[] {
  const target = shiftTarget(end);
  const targetIds = target ? [target.targetId] : [];
  const gaining = target?.type === "lambda-alias" ? `version ${target.targetVersion}` : "the replacement";
  return steps.map((step) => ({ kind: step.kind, targetIds, ...wordsOf(step, gaining) }));
}

/** @param gaining what gets the traffic */
function wordsOf(step: ShiftRehearsalStep, gaining: string): Pick<PlannedStep, "description" | "seconds"> {
  switch (step.kind) {
    case "install":
      return { description: "make the replacement task set, and wait until it is steady" };
    case "hook":
      return { description: `${step.event}: run the hook ${step.hook}, and wait for its answer` };
    case "test-traffic":
      return { description: `send test traffic to ${step.targetGroup}` };
    case "shift": {
      const { percent, afterMilliseconds } = step;
      const when = afterMilliseconds === 0 ? "at once" : `${duration(afterMilliseconds)} after the first step`;
      return {
        description: `send ${percent} % of production traffic to ${gaining}, ${when}`,
        seconds: Math.round(afterMilliseconds / SECOND),
      };
    }
    case "wait": {
      const time = duration(step.milliseconds);
      const description =
        step.wait === "ready" ? `wait for sluice continue, at most ${time}` : `keep the original task set for ${time}`;
      return { description, seconds: Math.round(step.milliseconds / SECOND) };
    }
    case "remove":
      return { description: `remove the original task set ${step.taskSetId}` };
    default: {
      const never: never = step;
      return never;
    }
  }
}
