import type { EcsBlueGreen } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { requireRevision } from "@sluice/server/operations/codedeploy/checks/revision-input.ts";
import { type DeploymentGroupFields, USUAL_SETTINGS } from "@sluice/server/store/columns/group-columns.ts";
import { createShift, type NewShift } from "../shift/create-shift.ts";
import { minutes } from "../shift/schedule-config.ts";
import type { SimulatedServer } from "../simulated-server.ts";

export async function createEcsShift(
  server: SimulatedServer,
  shift: NewShift & { readonly strategy: EcsBlueGreen; readonly taskDefinition: string },
  now: number,
): Promise<void> {
  const { strategy, taskDefinition } = shift;
  const asked = {
    platform: "ECS",
    fields: fieldsOf(strategy),
    settings: { ...USUAL_SETTINGS, hookMustAnswer: strategy.hookMustAnswer, failEarly: strategy.failsEarly },
    schedule: strategy.schedule,
    revision: appSpecRevision({ ...strategy, taskDefinition }),
  } as const;
  await createShift(server, shift, asked, now);
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
