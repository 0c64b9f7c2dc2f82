import { REPLACEMENT_UNHEALTHY } from "@sluice/model/aws-sentences.ts";
import { invariant } from "@sluice/model/invariant.ts";
import { weightsOfPair } from "../../ports/weighted-router.ts";
import type { EcsServiceTarget } from "../../state.ts";
import { INSTALL_TASK_SET_TIMEOUT_MILLISECONDS, WEIGHTS_TIMEOUT_MILLISECONDS } from "../../time-limits.ts";
import { hookPhase } from "./hook-phase.ts";
import { tellNoTasks } from "./no-tasks.ts";
import { type Ask, type AtWork, ofCommand, type Phase, succeeded, type Trouble } from "./phase.ts";
import { type EcsBlueGreen, type EcsRollback, otherGroup } from "./shift-strategies.ts";
import { type WeightsEffect, weightsBackPhase, weightsPhase } from "./weights-phase.ts";

type EcsAtWork = AtWork<EcsServiceTarget>;

const MINUTE = 60_000;

/** The event that an ECS deployment is at. */
export function ecsPhase(at: EcsAtWork, strategy: EcsBlueGreen): Phase {
  const { pair } = strategy;
  switch (at.command.event) {
    case "Install":
      return installPhase(at, strategy);
    case "AllowTestTraffic":
      if (pair.testListener === null) return { kind: "decide", events: [succeeded(at)] };
      return inOneStep(at, [testTraffic(at, strategy, otherGroup(pair, at.target.originalTargetGroup))]);
    case "AfterAllowTestTraffic":
      // Without test traffic there is nothing that it could look at.
      return hookPhase(at, pair.testListener === null ? { ...strategy, hooks: {} } : strategy);
    case "AllowTraffic":
      return allowPhase(at, strategy);
    default:
      return hookPhase(at, strategy);
  }
}

/** The one event of an ECS rollback: production first, then test traffic goes back, and the original is the service's primary. */
export function ecsBackPhase(at: EcsAtWork, strategy: EcsRollback): Phase {
  const { originalTargetGroup, originalTaskSetId } = at.target;
  // Whatever the original's state is: what is gone back from is known to be worse.
  const back = weightsBackPhase(at, weightsEffect(at, strategy, null), trafficTrouble(at));
  if (back) return back;
  const test = strategy.pair.testListener === null ? [] : [testTraffic(at, strategy, originalTargetGroup)];
  return inOneStep(at, [...test, promotion(at, strategy, originalTaskSetId)]);
}

/** The replacement task set is made, and waited for until it is steady. */
function installPhase(at: EcsAtWork, { service, taskSet, pair, failsEarly }: EcsBlueGreen): Phase {
  const { state, target, command } = at;
  const { targetId, replacementTaskSetId, originalTargetGroup } = target;
  const { availableAt: since } = command;
  const timeoutMilliseconds = INSTALL_TASK_SET_TIMEOUT_MILLISECONDS;
  if (replacementTaskSetId === null) {
    const plan = { ...taskSet, externalId: state.deploymentId, targetGroup: otherGroup(pair, originalTargetGroup) };
    const trouble: Trouble = {
      code: "ECS_UPDATE_ERROR",
      refused: "The replacement task set could not be created",
      overdue: `The replacement task set could not be created within ${timeoutMilliseconds / MINUTE} minutes`,
    };
    return {
      kind: "ask",
      asks: [{ effect: { kind: "createTaskSet", ...ofCommand(at, "create"), service, plan }, trouble }],
      whenDone: ([report]) => {
        invariant(report?.taskSetId, "a task set that was created has an id");
        return [{ type: "taskSetCreated", targetId, taskSetId: report.taskSetId }];
      },
      since,
      timeoutMilliseconds,
    };
  }
  const effect = {
    kind: "awaitTaskSet",
    ...ofCommand(at, "steady"),
    service,
    taskSetId: replacementTaskSetId,
    failsEarly,
  } as const;
  const trouble: Trouble = {
    code: "ECS_UPDATE_ERROR",
    refused: "The replacement task set cannot become healthy",
    overdue: REPLACEMENT_UNHEALTHY,
    overdueCode: "TIMEOUT",
  };
  return {
    kind: "ask",
    asks: [{ effect, trouble }],
    whenDone: (reports) => {
      const isEmpty = reports.some(({ runsNothing }) => runsNothing);
      const words = isEmpty ? `The task set ${replacementTaskSetId} has no task: none is wanted of the service` : "";
      return [...tellNoTasks(at, reports, 0), succeeded(at, words)];
    },
    since,
    timeoutMilliseconds,
  };
}

/** Production traffic moves by the schedule; when all of it has, the replacement is the service's primary. */
function allowPhase(at: EcsAtWork, strategy: EcsBlueGreen): Phase {
  const { replacementTaskSetId } = at.target;
  invariant(replacementTaskSetId !== null, "traffic only moves to a task set that was made");
  const weights = weightsEffect(at, strategy, replacementTaskSetId);
  return (
    weightsPhase(at, strategy.schedule, weights, trafficTrouble(at)) ??
    inOneStep(at, [promotion(at, strategy, replacementTaskSetId)])
  );
}

/** @param gaining the task set that must be steady to get more; null: none must be */
function weightsEffect(
  at: EcsAtWork,
  { pair, service }: EcsBlueGreen | EcsRollback,
  gaining: string | null,
): WeightsEffect {
  const replacementGroup = otherGroup(pair, at.target.originalTargetGroup);
  return (step, percent) => ({
    kind: "setWeights",
    ...ofCommand(at, `weights/${step}`),
    step,
    pair,
    weights: weightsOfPair(pair, replacementGroup, percent),
    gaining: gaining === null ? null : { service, taskSetId: gaining },
  });
}

function testTraffic(at: EcsAtWork, { pair }: EcsBlueGreen | EcsRollback, targetGroup: string): Ask {
  const effect = { kind: "setTestTraffic", ...ofCommand(at, "test"), pair, targetGroup } as const;
  return { effect, trouble: trafficTrouble(at) };
}

function promotion(at: EcsAtWork, { service }: EcsBlueGreen | EcsRollback, taskSetId: string): Ask {
  const trouble: Trouble = {
    code: "ECS_UPDATE_ERROR",
    refused: `The task set ${taskSetId} could not be made the service's primary`,
    overdue: `The task set ${taskSetId} was not made the service's primary within ${WEIGHTS_TIMEOUT_MILLISECONDS / MINUTE} minutes`,
  };
  return { effect: { kind: "promoteTaskSet", ...ofCommand(at, "primary"), service, taskSetId }, trouble };
}

/** All of it done, the event is. */
function inOneStep(at: EcsAtWork, asks: readonly Ask[]): Phase {
  const { command, target } = at;
  return {
    kind: "ask",
    asks,
    whenDone: (reports) => [
      succeeded(
        at,
        reports
          .map(({ detail }) => detail)
          .filter(Boolean)
          .join(" "),
      ),
    ],
    since: Math.max(command.availableAt, target.shift.changedAt ?? 0),
    timeoutMilliseconds: WEIGHTS_TIMEOUT_MILLISECONDS,
  };
}

function trafficTrouble({ command: { event } }: EcsAtWork): Trouble {
  return {
    code: "ELASTIC_LOAD_BALANCING_INVALID",
    refused: `${event} was refused`,
    overdue: `${event} was not carried out within ${WEIGHTS_TIMEOUT_MILLISECONDS / MINUTE} minutes`,
  };
}
