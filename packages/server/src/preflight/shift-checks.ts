import type { TargetResolution } from "@sluice/engine/observation.ts";
import type { AliasRouting, LambdaAlias, VersionFacts } from "@sluice/engine/ports/function-alias.ts";
import type { TaskDefinitionFacts } from "@sluice/engine/ports/task-sets.ts";
import type { PairTraffic, PairWeights } from "@sluice/engine/ports/weighted-router.ts";
import type { AlarmWatch, DeploymentError } from "@sluice/engine/state.ts";
import type { EcsFacts, HookFinding, LambdaFacts } from "@sluice/engine/strategies/shift/shift-facts.ts";
import { ecsTargetId, type LambdaShift, type ShiftStrategy } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { PlannedCheck } from "@sluice/wire/sluice/sluice-api.ts";

/** Which check an obstacle of the start is about, by its code. */
const SUBJECTS: Readonly<Record<string, string>> = {
  INVALID_ECS_SERVICE: "service",
  INVALID_LAMBDA_CONFIGURATION: "alias",
  ECS_UPDATE_ERROR: "task-definition",
  ELASTIC_LOAD_BALANCING_INVALID: "balancers",
  HOOK_EXECUTION_FAILURE: "hooks",
  ALARM_ACTIVE: "alarms",
};

/** What was looked at before the start of a shift. The AppSpec was read before its strategy was known. */
export function shiftChecks(
  strategy: ShiftStrategy,
  alarms: AlarmWatch | null,
  resolution: TargetResolution,
  obstacle: DeploymentError | null,
): PlannedCheck[] {
  const checks = [
    check("appspec", "ok", "the AppSpec is valid"),
    ...(strategy.type === "ecs-blue-green" && resolution.outcome === "ecs-service"
      ? ecsChecks(ecsTargetId(strategy.service), resolution.facts)
      : []),
    ...(strategy.type === "lambda-shift" && resolution.outcome === "lambda-alias"
      ? lambdaChecks(strategy, resolution.facts)
      : []),
    ...(alarms === null || resolution.outcome === "failed" ? [] : [alarmsCheck(alarms, resolution.warnings ?? [])]),
  ];
  const failed = obstacle === null ? undefined : SUBJECTS[obstacle.code];
  if (obstacle === null || failed === undefined) return checks;
  const detail = obstacle.message;
  return checks.some(({ subject }) => subject === failed)
    ? checks.map((each) => (each.subject === failed ? { ...each, outcome: "failed", detail } : each))
    : [...checks, check(failed, "failed", detail)];
}

function ecsChecks(name: string, { service, traffic, taskDefinition, hooks }: EcsFacts): PlannedCheck[] {
  return [
    serviceCheck(name, service),
    ...(taskDefinition ? [taskDefinitionCheck(taskDefinition)] : []),
    balancersCheck(traffic),
    ...(hooks.length > 0 ? [hooksCheck(hooks)] : []),
  ];
}

function serviceCheck(name: string, service: EcsFacts["service"]): PlannedCheck {
  if (!service) return check("service", "failed", `there is no service ${name}`);
  const { controller, scheduling, desiredCount, taskSets } = service;
  const primary = taskSets.find(({ status }) => status === "PRIMARY");
  const serving = primary ? `${primary.taskSetId} behind ${primary.targetGroup ?? "no target group"}` : "none";
  const detail = `${name}: controller ${controller}, ${scheduling}, desired count ${desiredCount}, primary task set ${serving}`;
  return desiredCount === 0
    ? check("service", "warning", `${detail}. No task runs: nothing shows whether the new revision works`)
    : check("service", "ok", detail);
}

function taskDefinitionCheck(facts: TaskDefinitionFacts): PlannedCheck {
  switch (facts.outcome) {
    case "found": {
      const containers = facts.containers.map(({ name, ports }) => `${name} (${ports.join(", ") || "no port"})`);
      return check("task-definition", "ok", `${facts.taskDefinition}: ${containers.join(", ")}`);
    }
    case "missing":
    case "refused":
      return check("task-definition", "failed", facts.reason);
    case "unchecked":
      return check("task-definition", "unchecked", `not checked: ${facts.reason}`);
    default: {
      const never: never = facts;
      return never;
    }
  }
}

function balancersCheck(traffic: PairTraffic): PlannedCheck {
  if (traffic.outcome === "unusable") return check("balancers", "failed", traffic.reason);
  const { protocol, production, test } = traffic;
  const words = (weights: PairWeights) =>
    weights.map(({ targetGroup, percent }) => `${targetGroup} ${percent} %`).join(", ");
  const testWords = test ? `; test: ${words(test)}` : "; no test listener";
  return check("balancers", "ok", `${protocol}, production: ${words(production)}${testWords}`);
}

function lambdaChecks(strategy: LambdaShift, facts: LambdaFacts): PlannedCheck[] {
  const { routing, current, target, hooks } = facts;
  const currentVersion = strategy.currentVersion ?? routing?.version;
  return [
    aliasCheck(strategy.alias, routing),
    ...(currentVersion === undefined ? [] : [versionCheck("current-version", currentVersion, current)]),
    versionCheck("target-version", strategy.targetVersion, target),
    ...(hooks.length > 0 ? [hooksCheck(hooks)] : []),
  ];
}

function aliasCheck({ functionName, aliasName }: LambdaAlias, routing: AliasRouting | null): PlannedCheck {
  const name = `${aliasName} of ${functionName}`;
  if (!routing) return check("alias", "failed", `there is no alias ${name}`);
  const { version, second } = routing;
  const rest = second ? `, ${second.percent} % at version ${second.version}` : "";
  return check("alias", second ? "failed" : "ok", `${name} is at version ${version}${rest}`);
}

/** A version that is not active yet is waited for. */
function versionCheck(subject: string, version: string, facts: VersionFacts | null): PlannedCheck {
  if (!facts) return check(subject, "failed", `version ${version} is not published`);
  if (facts.unchecked !== undefined) return check(subject, "unchecked", `not checked: ${facts.unchecked}`);
  return facts.isActive
    ? check(subject, "ok", `version ${version} is published and active`)
    : check(subject, "warning", `version ${version} is not active yet, and is waited for: ${facts.detail}`);
}

function hooksCheck(hooks: readonly HookFinding[]): PlannedCheck {
  const outcome = ["missing", "unchecked"].find((one) => hooks.some(({ facts }) => facts.outcome === one));
  const detail = hooks
    .map(({ event, hook, facts }) => {
      const why = facts.outcome === "found" ? "" : ` (${facts.reason})`;
      return `${event}: ${hook} ${facts.outcome}${why}`;
    })
    .join(", ");
  return check("hooks", outcome === "missing" ? "failed" : (outcome ?? "ok"), detail);
}

function alarmsCheck({ names }: AlarmWatch, warnings: readonly string[]): PlannedCheck {
  const warning = warnings.find((each) => each.startsWith("The alarms"));
  return warning ? check("alarms", "warning", warning) : check("alarms", "ok", names.join(", "));
}

function check(subject: string, outcome: string, detail: string): PlannedCheck {
  return { subject, outcome, detail };
}
