import type { DeploymentState } from "@sluice/engine/state.ts";
import { shiftTarget } from "@sluice/engine/strategies/shift/phase.ts";
import { scheduleOf } from "@sluice/engine/strategies/shift/shift-gates.ts";
import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { weightsOf } from "@sluice/engine/traffic-shift.ts";
import { deploymentWaiting, stopWaiting } from "@sluice/engine/waiting.ts";

/** Times are epoch milliseconds. */
export interface WaitAndThen {
  readonly reason: string;
  readonly since: number | null;
  readonly until: number | null;
  readonly whatThen: string;
}

/** Which of the ends that a deployment may come to are rolled back by themselves. */
export interface RollsBackOn {
  readonly failure: boolean;
  readonly alarm: boolean;
  readonly stop: boolean;
}

/** What a deployment waits for, and what comes then: a sentence without a full stop. Undefined: nothing, or nothing that is known. */
export function waitAndThen(state: DeploymentState, rollsBackOn: RollsBackOn): WaitAndThen | undefined {
  const atWork = (state.targets ?? []).filter(({ command }) => command !== null);
  const stopping = stopWaiting(state, atWork);
  if (stopping) {
    return { ...times(stopping), whatThen: `then the deployment ends as Stopped${andBack(rollsBackOn.stop)}` };
  }
  const waiting = deploymentWaiting(state);
  if (waiting) return { ...times(waiting), whatThen: thenOf(state, rollsBackOn) };
  return isShift(state.strategy) && state.halt === null ? ofShift(state, rollsBackOn) : undefined;
}

function thenOf(state: DeploymentState, rollsBackOn: RollsBackOn): string {
  const { wait, waiting } = state;
  const isOfHosts = !isShift(state.strategy);
  switch (wait?.kind) {
    case "ready":
      return `when it is continued, the traffic moves; otherwise the deployment is stopped then, and the original ${isOfHosts ? "hosts keep" : "task set keeps"} the traffic`;
    case "termination":
      return `then the original ${isOfHosts ? "hosts are terminated" : "task set is removed"}, and the deployment succeeds`;
    case "baking":
      return "then the next zone starts";
    case undefined:
      break;
    default: {
      const never: never = wait;
      return never;
    }
  }
  if (waiting?.about === "alarms") {
    return `if the alarms cannot be read by then, the deployment is stopped${andBack(rollsBackOn.alarm)}`;
  }
  if (state.startedAt === null) {
    return waiting?.until == null
      ? "as soon as that is over, the deployment begins"
      : "if that is not over by then, the deployment fails before it touches anything";
  }
  return "if that is not over by then, the deployment fails before it installs anything";
}

/** The words of the one target's event, which is all that a shift does. */
function ofShift(state: DeploymentState, rollsBackOn: RollsBackOn): WaitAndThen | undefined {
  const target = shiftTarget(state);
  const { command } = target ?? {};
  if (!target || !command?.waiting) return undefined;
  const { reason, since, until } = command.waiting;
  const { shift } = target;
  return { reason, since, until, whatThen: shiftThen() };

  function shiftThen(): string {
    const schedule = scheduleOf(state);
    if (command?.event === "AllowTraffic" && schedule && !shift.asked) {
      const next = weightsOf(schedule).find((weight) => weight > shift.percent);
      const when = shift.gate?.kind === "pause" ? "when it is resumed" : "then";
      const side = target?.type === "lambda-alias" ? `version ${target.targetVersion}` : "the replacement task set";
      if (next !== undefined) return `${when}, ${next === 100 ? "all" : `${next} %`} of the traffic goes to ${side}`;
    }
    return `if that is not over by then, ${command?.event} fails, and the deployment with it${rollsBackOn.failure ? ", which is then rolled back" : ""}`;
  }
}

function andBack(isRolledBack: boolean): string {
  return isRolledBack ? " and is rolled back" : "";
}

function times({ reason, since, until }: { reason: string; since: number | null; until: number | null }) {
  return { reason, since, until };
}
