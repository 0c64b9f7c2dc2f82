import type { EcsBlueGreen } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { ShiftSchedule } from "@sluice/engine/traffic-shift.ts";
import type { DeploymentConfig } from "@sluice/model/deployment-config.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { requireRevision } from "@sluice/server/operations/codedeploy/checks/revision-input.ts";
import { createDeployment } from "@sluice/server/operations/codedeploy/deployments/create-deployment.ts";
import {
  type DeploymentGroupFields,
  GROUP_FIELDS,
  GROUP_SETTINGS,
  USUAL_SETTINGS,
} from "@sluice/server/store/columns/group-columns.ts";
import { findDeploymentConfig, insertDeploymentConfig } from "@sluice/server/store/deployment-configs.ts";
import type { NewShift } from "../shift/create-shift.ts";
import type { SimulatedServer } from "../simulated-server.ts";

const MINUTE = 60_000;
const NEAR = [0, 1, -1, 2, -2];

/** As a person does it: the group says where and how long, a configuration how fast, and the AppSpec comes with CreateDeployment. */
export async function createEcsShift(
  server: SimulatedServer,
  {
    deploymentId,
    group,
    strategy,
    deployment,
    taskDefinition,
  }: NewShift & { readonly strategy: EcsBlueGreen; readonly taskDefinition: string },
  now: number,
): Promise<void> {
  const config = configOf(strategy.schedule);
  const { deploymentConfigName } = config;
  await server.store.write(async ({ db }) => {
    if (!(await findDeploymentConfig(db, deploymentConfigName))) await insertDeploymentConfig(db, config, now);
    await db
      .updateTable("deployment_groups")
      .set({
        fields_json: GROUP_FIELDS.write(fieldsOf(strategy)),
        settings_json: GROUP_SETTINGS.write({ ...USUAL_SETTINGS, failEarly: strategy.failsEarly }),
      })
      .where("deployment_group_id", "=", group)
      .execute();
  });
  const { rollbackEvents, watchesAlarm, ignoresPollFailure } = deployment;
  await createDeployment(
    {
      applicationName: "app",
      deploymentGroupName: group,
      deploymentConfigName,
      description: deploymentId,
      revision: appSpecRevision({ ...strategy, taskDefinition }),
      autoRollbackConfiguration:
        rollbackEvents === null ? { enabled: false } : { enabled: true, events: [...rollbackEvents] },
      overrideAlarmConfiguration: {
        enabled: watchesAlarm,
        ignorePollAlarmFailure: ignoresPollFailure,
        alarms: [{ name: group }],
      },
    },
    server.codeDeploy,
  );
}

/** The revision that deploys this task definition with these hooks. */
export function appSpecRevision({
  taskDefinition,
  hooks,
}: Pick<EcsBlueGreen, "hooks"> & { readonly taskDefinition: string }): RevisionLocation {
  const content = JSON.stringify({
    version: 0.0,
    Resources: [
      {
        TargetService: {
          Type: "AWS::ECS::Service",
          Properties: {
            TaskDefinition: taskDefinition,
            LoadBalancerInfo: { ContainerName: "app", ContainerPort: 80 },
          },
        },
      },
    ],
    Hooks: Object.entries(hooks).map(([event, hook]) => ({ [event]: hook })),
  });
  return requireRevision({ revisionType: "AppSpecContent", appSpecContent: { content } });
}

function fieldsOf({
  service: { clusterName, serviceName },
  pair: { targetGroups, productionListener, testListener },
  readyWaitMilliseconds: ready,
  terminationWaitMilliseconds: termination,
}: EcsBlueGreen): DeploymentGroupFields {
  return {
    serviceRoleArn: "",
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    ecsServices: [{ clusterName, serviceName }],
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        {
          targetGroups: targetGroups.map((name) => ({ name })),
          prodTrafficRoute: { listenerArns: [productionListener] },
          ...(testListener === null ? {} : { testTrafficRoute: { listenerArns: [testListener] } }),
        },
      ],
    },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption:
        ready === null
          ? { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 }
          : { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: minutes(ready) },
      terminateBlueInstancesOnDeploymentSuccess: {
        action: "TERMINATE",
        terminationWaitTimeInMinutes: minutes(termination ?? 0),
      },
    },
  };
}

/** Those of the API have whole minutes; what counts here is of seconds. */
function configOf(schedule: ShiftSchedule): DeploymentConfig {
  const named = (name: string, trafficRoutingConfig: DeploymentConfig["trafficRoutingConfig"]): DeploymentConfig => ({
    deploymentConfigId: name,
    deploymentConfigName: name,
    computePlatform: "ECS",
    trafficRoutingConfig,
  });
  switch (schedule.type) {
    case "all-at-once":
      return named("CodeDeployDefault.ECSAllAtOnce", { type: "AllAtOnce" });
    case "canary": {
      const { percent, intervalMilliseconds } = schedule;
      const timeBasedCanary = { canaryPercentage: percent, canaryInterval: minutes(intervalMilliseconds) };
      return named(`canary-${percent}-${intervalMilliseconds}`, { type: "TimeBasedCanary", timeBasedCanary });
    }
    case "linear": {
      const { percent, intervalMilliseconds } = schedule;
      const timeBasedLinear = { linearPercentage: percent, linearInterval: minutes(intervalMilliseconds) };
      return named(`linear-${percent}-${intervalMilliseconds}`, { type: "TimeBasedLinear", timeBasedLinear });
    }
  }
}

/** Minutes that are these milliseconds again, to the last of them. */
function minutes(milliseconds: number): number {
  for (const near of NEAR) {
    const candidate = (milliseconds / MINUTE) * (1 + near * Number.EPSILON);
    if (candidate * MINUTE === milliseconds) return candidate;
  }
  throw new Error(`${milliseconds} ms are no minutes`);
}
