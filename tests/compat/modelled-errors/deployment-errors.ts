import type { RaisedError } from "./modelled-error.ts";

const LIVE = { applicationName: "web", deploymentGroupName: "live" } as const;
const REVISION = {
  revisionType: "S3",
  s3Location: { bucket: "artifacts", key: "web/41.zip", bundleType: "zip" },
} as const;
const LIVE_FUNCTION = { applicationName: "functions", deploymentGroupName: "live" } as const;
const APP_SPEC = { revisionType: "AppSpecContent", appSpecContent: { content: "version: 0.0" } } as const;
const FIRST_HOOK = "BeforeAllowTraffic/1/charge";

export const DEPLOYMENT_ERRORS: readonly RaisedError[] = [
  {
    code: "DeploymentIdRequiredException",
    operation: "GetDeployment",
    when: "`deploymentId` is missing or empty, or a batch names none",
    input: {},
    message: "deploymentId is missing: name the deployment. `sluice deployments list` shows those that exist.",
    cure: "Name the deployment. `sluice deployments list` shows those that exist.",
  },
  {
    code: "InvalidDeploymentIdException",
    operation: "GetDeployment",
    when: "an id is not `d-` and nine capital letters or digits",
    input: { deploymentId: "d-1" },
    message:
      "Specified DeploymentId is not in the valid format: d-1. An id is d- and nine capital letters or digits, such as d-A1B2C3D4E.",
    cure: "Copy the id from the answer of CreateDeployment, or from `sluice deployments list`.",
  },
  {
    code: "DeploymentDoesNotExistException",
    operation: "GetDeployment",
    when: "no deployment has the id",
    input: { deploymentId: "d-000000000" },
    message:
      "The deployment d-000000000 could not be found. Either the id is wrong, or the deployment was deleted with its deployment group or after its retention: `sluice deployments list` shows those that exist.",
    cure: "Correct the id: `sluice deployments list`. Deployments go with their group, and after their [retention](retention.md).",
  },
  {
    code: "DeploymentLimitExceededException",
    operation: "CreateDeployment",
    when: "the group has an active deployment already",
    input: {
      ...LIVE_FUNCTION,
      revision: {
        revisionType: "AppSpecContent",
        appSpecContent: {
          content:
            '{"version":0,"Resources":[{"charge":{"Type":"AWS::Lambda::Function","Properties":{"Name":"charge","Alias":"live","CurrentVersion":"1","TargetVersion":"2"}}}]}',
        },
      },
    },
    message:
      "The Deployment Group 'live' already has an active Deployment '{hooked}': wait for it to end (`sluice watch {hooked}`), or stop it (`sluice stop {hooked}`).",
    cure: "Wait for it (`sluice watch ID`), or stop it (`sluice stop ID`).",
  },
  {
    code: "InvalidFileExistsBehaviorException",
    operation: "CreateDeployment",
    when: "`fileExistsBehavior` is none of the three, or given for ECS or Lambda",
    input: { ...LIVE, revision: REVISION, fileExistsBehavior: "REPLACE" },
    message: 'fileExistsBehavior is "REPLACE": use one of DISALLOW, OVERWRITE, RETAIN.',
    cure: "Give `DISALLOW`, `OVERWRITE` or `RETAIN`; leave it out for ECS and Lambda.",
  },
  {
    code: "InvalidTargetInstancesException",
    operation: "CreateDeployment",
    when: "`targetInstances` is given for a deployment in place or to ECS or Lambda, is missing for a blue/green one, or names Auto Scaling groups",
    input: { ...LIVE, revision: REVISION, targetInstances: { tagFilters: [{ Key: "Fleet", Type: "KEY_ONLY" }] } },
    message:
      "targetInstances names the replacement hosts of a blue/green deployment, and the group deploys in place: leave it out.",
    cure: "Name the replacement hosts of a blue/green deployment by their tags; else leave it out.",
  },
  {
    code: "InvalidUpdateOutdatedInstancesOnlyValueException",
    operation: "CreateDeployment",
    when: "`updateOutdatedInstancesOnly` is true in a deployment to ECS or Lambda",
    input: { ...LIVE_FUNCTION, revision: APP_SPEC, updateOutdatedInstancesOnly: true },
    message: "updateOutdatedInstancesOnly is about hosts, and a deployment to Lambda has none: leave it out.",
    cure: "Leave it out.",
  },
  {
    code: "InvalidIgnoreApplicationStopFailuresValueException",
    operation: "CreateDeployment",
    when: "`ignoreApplicationStopFailures` is true in a deployment to ECS or Lambda",
    input: { ...LIVE_FUNCTION, revision: APP_SPEC, ignoreApplicationStopFailures: true },
    message:
      "ignoreApplicationStopFailures is about a script on hosts, and a deployment to Lambda has none: leave it out.",
    cure: "Leave it out.",
  },
  {
    code: "InvalidTimeRangeException",
    operation: "ListDeployments",
    when: "`createTimeRange` ends before it starts",
    input: { createTimeRange: { start: new Date("2026-11-02T00:00:00Z"), end: new Date("2026-11-01T00:00:00Z") } },
    message:
      "createTimeRange starts at 2026-11-02T00:00:00.000Z, which is after its end, 2026-11-01T00:00:00.000Z: exchange them.",
    cure: "Exchange `start` and `end`.",
  },
  {
    code: "InvalidDeploymentStatusException",
    operation: "ListDeployments",
    when: "`includeOnlyStatuses` holds an unknown status, or ContinueDeployment is to end a termination wait that there is not",
    input: { includeOnlyStatuses: ["Done"] },
    message:
      'includeOnlyStatuses holds "Done": use Created, Queued, InProgress, Baking, Succeeded, Failed, Stopped, Ready.',
    cure: "Give one of the statuses that the message names.",
  },
  {
    code: "InvalidExternalIdException",
    operation: "ListDeployments",
    when: "`externalId` is empty",
    input: { externalId: "" },
    message: "externalId is empty: give an id, or leave it out.",
    cure: "Give the id of CloudFormation's resource, or leave it out.",
  },
  {
    code: "DeploymentAlreadyCompletedException",
    operation: "StopDeployment",
    when: "the deployment is over",
    input: { deploymentId: "{ended}" },
    message: "The deployment {ended} is already complete: it ended as Failed, and nothing is left to stop.",
    cure: "Nothing is left to do. To take a deployment back: `sluice rollback`.",
  },
  {
    code: "InvalidDeploymentWaitTypeException",
    operation: "ContinueDeployment",
    when: "`deploymentWaitType` is neither of the two",
    input: { deploymentId: "{starting}", deploymentWaitType: "ANY_WAIT" },
    message: 'deploymentWaitType is "ANY_WAIT": use one of READY_WAIT, TERMINATION_WAIT.',
    cure: "Give `READY_WAIT` or `TERMINATION_WAIT`.",
  },
  {
    code: "DeploymentIsNotInReadyStateException",
    operation: "ContinueDeployment",
    when: "the deployment does not wait for leave to move the traffic",
    input: { deploymentId: "{starting}" },
    message:
      "The deployment {starting} is Created and not in its ready wait: there is nothing to continue. `sluice watch {starting}` shows when it is.",
    cure: "Wait until its status is `Ready`: `sluice watch ID`.",
  },
  {
    code: "UnsupportedActionForDeploymentTypeException",
    operation: "ContinueDeployment",
    when: "the deployment is of a kind that has no such wait, or no hooks that answer",
    input: { deploymentId: "{hooked}" },
    message:
      "The deployment {hooked} is not a blue/green deployment to hosts or to ECS, and never waits to be continued: leave it, or end it with `sluice stop {hooked}`.",
    cure: "Continue blue/green deployments to hosts and ECS only; a shift to Lambda goes on by itself, or by `sluice shift next ID`.",
  },
  {
    code: "InvalidLifecycleEventHookExecutionStatusException",
    operation: "PutLifecycleEventHookExecutionStatus",
    when: "`status` is neither of a hook's two answers",
    input: { deploymentId: "{hooked}", lifecycleEventHookExecutionId: FIRST_HOOK, status: "Skipped" },
    message: 'status is "Skipped": a hook answers Succeeded or Failed.',
    cure: "Answer `Succeeded` or `Failed`.",
  },
  {
    code: "InvalidLifecycleEventHookExecutionIdException",
    operation: "PutLifecycleEventHookExecutionStatus",
    when: "the execution's id is not one that the server gave to the hook of this deployment",
    input: { deploymentId: "{hooked}", lifecycleEventHookExecutionId: "1", status: "Succeeded" },
    message:
      'lifecycleEventHookExecutionId is what the hook was told as LifecycleEventHookExecutionId, and "1" is not one: pass it on as it came.',
    cure: "Pass on what the event has as `LifecycleEventHookExecutionId`.",
  },
  {
    code: "LifecycleEventAlreadyCompletedException",
    operation: "PutLifecycleEventHookExecutionStatus",
    when: "the event is over: the hook has answered, it timed out, or the deployment ended",
    input: { deploymentId: "{answered}", lifecycleEventHookExecutionId: FIRST_HOOK, status: "Succeeded" },
    message:
      "The event BeforeAllowTraffic of the deployment {answered} is over already: the first answer counts, and none after the event's end.",
    cure: "Nothing: the first answer counts.",
  },
];
