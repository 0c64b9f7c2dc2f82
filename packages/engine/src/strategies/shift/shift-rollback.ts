import { invariant } from "@sluice/model/invariant.ts";
import type { DeploymentState } from "../../state.ts";
import { shiftTarget } from "./phase.ts";
import type { EcsBlueGreen, EcsRollback, LambdaRollback, LambdaShift } from "./shift-strategies.ts";

/** Whether a shift that has ended has, or may have, left anything other than before it. */
export function hasShiftLeftTraces(state: DeploymentState): boolean {
  const first = state.strategy.type === "ecs-blue-green" ? "Install" : "AllowTraffic";
  return (
    shiftTarget(state)?.lifecycleEvents.some(({ name, startedAt }) => name === first && startedAt !== null) ?? false
  );
}

/** The way back, by what the deployment has stored of itself. */
export function shiftBack(state: DeploymentState, strategy: EcsBlueGreen | LambdaShift): EcsRollback | LambdaRollback {
  switch (strategy.type) {
    case "ecs-blue-green": {
      const { service, pair } = strategy;
      const target = shiftTarget(state);
      invariant(target?.type === "ecs-service", "an ECS deployment that has begun has its service");
      const { originalTaskSetId, originalTargetGroup, replacementTaskSetId } = target;
      const failedDeploymentId = state.deploymentId;
      return {
        type: "ecs-rollback",
        service,
        pair,
        failedDeploymentId,
        originalTaskSetId,
        originalTargetGroup,
        replacementTaskSetId,
      };
    }
    case "lambda-shift": {
      const target = shiftTarget(state);
      invariant(target?.type === "lambda-alias", "a Lambda deployment that has begun has its alias");
      const { alias } = strategy;
      const { currentVersion, targetVersion } = target;
      return { type: "lambda-rollback", alias, currentVersion, targetVersion };
    }
    default: {
      const never: never = strategy;
      return never;
    }
  }
}
