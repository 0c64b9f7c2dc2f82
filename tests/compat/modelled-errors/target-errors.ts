import type { RaisedError } from "./modelled-error.ts";

const TWENTY_SIX = Array.from({ length: 26 }, (_, index) => `i-${index}`);

export const TARGET_ERRORS: readonly RaisedError[] = [
  {
    code: "DeploymentNotStartedException",
    operation: "ListDeploymentTargets",
    when: "the deployment was created, and its targets are not known yet",
    input: { deploymentId: "{starting}" },
    message: "The deployment {starting} has not started: its targets are not known yet. Ask again in a moment.",
    cure: "Ask again in a second: `sluice watch ID` says what the start waits for.",
  },
  {
    code: "DeploymentTargetIdRequiredException",
    operation: "GetDeploymentTarget",
    when: "`targetId` is missing or empty, or a batch names none",
    input: { deploymentId: "{ended}" },
    message: "targetId is missing: name a target. `aws deploy list-deployment-targets` lists those of a deployment.",
    cure: "Name the target. `aws deploy list-deployment-targets` lists those of a deployment.",
  },
  {
    code: "InvalidDeploymentTargetIdException",
    operation: "GetDeploymentTarget",
    when: "an id is not a host's, a service's or a function's",
    input: { deploymentId: "{ended}", targetId: "a b" },
    message:
      "targetId \"a b\" is not a target's id: it is an instance id (i-…), an on-premises instance's name, an ECS service as cluster:service, or a Lambda function's name.",
    cure: "Give an instance's id, an on-premises instance's name, `CLUSTER:SERVICE` or a function's name.",
  },
  {
    code: "DeploymentTargetDoesNotExistException",
    operation: "GetDeploymentTarget",
    when: "the deployment has no such target",
    input: { deploymentId: "{ended}", targetId: "i-0123456789abcdef0" },
    message:
      "The deployment {ended} has no target i-0123456789abcdef0: `sluice deployments show {ended}` lists those that it has.",
    cure: "Correct the id: `sluice deployments show ID` lists those that there are.",
  },
  {
    code: "DeploymentTargetListSizeExceededException",
    operation: "BatchGetDeploymentTargets",
    when: "a batch names more than 25 targets",
    input: { deploymentId: "{ended}", targetIds: TWENTY_SIX },
    message: "targetIds holds 26 items: at most 25 are allowed in one call. Ask in several calls.",
    cure: "Split the list over several calls.",
  },
  {
    code: "InvalidTargetFilterNameException",
    operation: "ListDeploymentTargets",
    when: "`targetFilters` has an unknown name",
    input: { deploymentId: "{ended}", targetFilters: { Zone: ["a"] } },
    message: 'targetFilters holds the name "Zone": use TargetStatus, ServerInstanceLabel.',
    cure: "Give `TargetStatus` or `ServerInstanceLabel`.",
  },
  {
    code: "InvalidInstanceStatusException",
    operation: "ListDeploymentTargets",
    when: "a filter has an unknown status of targets",
    input: { deploymentId: "{ended}", targetFilters: { TargetStatus: ["Done"] } },
    message:
      'targetFilters.TargetStatus holds "Done": use Pending, InProgress, Succeeded, Failed, Skipped, Unknown, Ready.',
    cure: "Give one of the statuses that the message names.",
  },
  {
    code: "InvalidInstanceTypeException",
    operation: "ListDeploymentTargets",
    when: "a filter has an unknown label of instances",
    input: { deploymentId: "{ended}", targetFilters: { ServerInstanceLabel: ["Red"] } },
    message: 'targetFilters.ServerInstanceLabel holds "Red": use Blue, Green.',
    cure: "Give `Blue` or `Green`.",
  },
  {
    code: "InvalidDeploymentInstanceTypeException",
    operation: "ListDeploymentTargets",
    when: "a filter names blue or green instances of a deployment that has none",
    input: { deploymentId: "{ended}", targetFilters: { ServerInstanceLabel: ["Blue"] } },
    message:
      "targetFilters.ServerInstanceLabel is given for an in-place deployment, whose hosts are neither blue nor green: leave it out.",
    cure: "Leave the filter out: only blue/green deployments to hosts have labels.",
  },
  {
    code: "InstanceIdRequiredException",
    operation: "GetDeploymentInstance",
    when: "`instanceId` is missing or empty, or a batch names none",
    input: { deploymentId: "{ended}" },
    message:
      "instanceId is missing: name an instance. `aws deploy list-deployment-instances` lists those of a deployment.",
    cure: "Name the instance. `aws deploy list-deployment-instances` lists those of a deployment.",
  },
  {
    code: "InstanceDoesNotExistException",
    operation: "GetDeploymentInstance",
    when: "the deployment has no such instance",
    input: { deploymentId: "{ended}", instanceId: "i-0123456789abcdef0" },
    message:
      "The deployment {ended} has no instance i-0123456789abcdef0: `sluice deployments show {ended}` lists those that it has.",
    cure: "Correct the id: `sluice deployments show ID` lists those that there are.",
  },
];
