import type { EcsBlueGreen } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { invariant } from "@sluice/model/invariant.ts";
import { MAX_READY_WAIT_MINUTES } from "@sluice/model/limits.ts";
import { readEcsAppSpec } from "@sluice/model/service-app-spec/ecs-app-spec.ts";
import type { DeploymentGroupFields } from "../store/columns/group-columns.ts";
import type { AskedOfRollout } from "./asked-of-rollout.ts";
import { ecsServiceOf, targetGroupPairOf } from "./ecs-service-of-group.ts";
import type { GroupOfRollout } from "./group-of-rollout.ts";
import type { ReadRevision } from "./read-revision.ts";
import { appSpecOf } from "./service-revision.ts";
import { scheduleFor } from "./shift-schedule.ts";

const MINUTE = 60_000;

/** How a group's next deployment goes, by its fields, its configuration and the AppSpec. The group has been found deployable. */
export function ecsRollout(
  { fields, config, settings }: GroupOfRollout,
  _asked: AskedOfRollout,
  revision: ReadRevision,
): EcsBlueGreen {
  const schedule = scheduleFor("ECS", config);
  const { taskSet, hooks } = appSpecOf(revision, readEcsAppSpec);
  const service = ecsServiceOf(fields);
  const pair = targetGroupPairOf(fields);
  invariant(service && pair, "a group that can be deployed to has a service and a pair of target groups");
  const { serviceRoleArn } = fields;
  return {
    type: "ecs-blue-green",
    schedule,
    service,
    pair,
    taskSet,
    hooks,
    serviceRoleArn,
    hookTimeoutMilliseconds: settings.hookTimeoutSeconds * 1000,
    hookMustAnswer: settings.hookMustAnswer,
    failsEarly: settings.failEarly,
    ...waitsOf(fields),
  };
}

/** The original task set is always deleted in the end; a group that names no time for it keeps it for none. */
function waitsOf({ blueGreenDeploymentConfiguration }: DeploymentGroupFields) {
  const { deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: end } =
    blueGreenDeploymentConfiguration ?? {};
  const readyMinutes = ready?.waitTimeInMinutes ?? MAX_READY_WAIT_MINUTES.ECS;
  return {
    readyWaitMilliseconds: ready?.actionOnTimeout === "STOP_DEPLOYMENT" ? readyMinutes * MINUTE : null,
    terminationWaitMilliseconds: (end?.terminationWaitTimeInMinutes ?? 0) * MINUTE,
  };
}
