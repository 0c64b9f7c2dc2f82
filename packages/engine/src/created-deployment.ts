import type { DeploymentState } from "./state.ts";

/** What a deployment is made of. */
export type DeploymentFacts = Pick<
  DeploymentState,
  "deploymentId" | "deploymentGroupName" | "strategy" | "alarms" | "createdAt" | "statusMessages"
>;

/** A deployment as it is before the planner has looked at it. */
export function createdDeployment(facts: DeploymentFacts): DeploymentState {
  return {
    ...facts,
    status: "Created",
    minimumHealthyHosts: null,
    stage: "deploy",
    wait: null,
    continued: null,
    startedAt: null,
    completedAt: null,
    stopRequestedAt: null,
    halt: null,
    error: null,
    targets: null,
  };
}
