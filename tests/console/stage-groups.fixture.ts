import type { CreateDeploymentGroupInput, EC2TagFilter } from "@aws-sdk/client-codedeploy";
import type { CodeDeployClient } from "@sluice/wire/client/clients.ts";
import { ALARMS, BILLING_BACKEND, type Surroundings } from "./stage-surroundings.fixture.ts";

const serviceRoleArn = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";
const TOPIC = "arn:aws:sns:us-east-1:111122223333:releases";

const alarmed = (...names: readonly string[]) => ({
  alarmConfiguration: { enabled: true, alarms: names.map((name) => ({ name })) },
});
const rollsBack = {
  autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"] },
} satisfies Partial<CreateDeploymentGroupInput>;
const tagged = (tags: Readonly<Record<string, string>>): Partial<CreateDeploymentGroupInput> => ({
  ec2TagSet: {
    ec2TagSetList: Object.entries(tags).map(([Key, Value]): EC2TagFilter[] => [{ Key, Value, Type: "KEY_AND_VALUE" }]),
  },
});
const triggers = {
  triggerConfigurations: [
    {
      triggerName: "releases-chat",
      triggerTargetArn: TOPIC,
      triggerEvents: ["DeploymentFailure", "DeploymentRollback"],
    },
  ],
} satisfies Partial<CreateDeploymentGroupInput>;

/** Applications, groups and configurations, as a shop would have them. */
export async function createGroups(codeDeploy: CodeDeployClient, { hasBalancer }: Surroundings): Promise<void> {
  const platforms = {
    checkout: "Server",
    search: "Server",
    billing: "Server",
    pricing: "Lambda",
    storefront: "ECS",
  } as const;
  for (const [applicationName, computePlatform] of Object.entries(platforms))
    await codeDeploy.call("CreateApplication", { applicationName, computePlatform });
  await createConfigs(codeDeploy);
  const create = (applicationName: string, deploymentGroupName: string, more: Partial<CreateDeploymentGroupInput>) =>
    codeDeploy.call("CreateDeploymentGroup", { applicationName, deploymentGroupName, serviceRoleArn, ...more });
  await Promise.all([
    create("checkout", "production", {
      deploymentConfigName: "checkout-fifth-at-a-time",
      ...tagged({ App: "checkout", Env: "production" }),
      ...alarmed(ALARMS.quiet),
      ...triggers,
    }),
    create("checkout", "staging", {
      deploymentConfigName: "CodeDeployDefault.AllAtOnce",
      ...tagged({ App: "checkout", Env: "staging" }),
    }),
    create("search", "api", {
      deploymentConfigName: "CodeDeployDefault.OneAtATime",
      ...tagged({ App: "search", Role: "api" }),
      ...rollsBack,
      ...triggers,
    }),
    create("search", "indexer", {
      deploymentConfigName: "CodeDeployDefault.HalfAtATime",
      ...tagged({ App: "search", Role: "indexer" }),
      ...rollsBack,
    }),
    create("billing", "worker", {
      deploymentConfigName: "CodeDeployDefault.HalfAtATime",
      ...tagged({ App: "billing", Role: "worker" }),
      ...alarmed(ALARMS.firing),
    }),
    create("billing", "web", {
      deploymentConfigName: "CodeDeployDefault.AllAtOnce",
      ...tagged({ App: "billing", Fleet: "blue" }),
      ...(hasBalancer ? balanced : {}),
    }),
    create("pricing", "live", {
      deploymentConfigName: "pricing-quarter-then-all",
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      ...rollsBack,
    }),
    create("storefront", "web", ecsGroup),
  ]);
}

const balanced: Partial<CreateDeploymentGroupInput> = {
  deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  loadBalancerInfo: { targetGroupInfoList: [{ name: BILLING_BACKEND }] },
};

const ecsGroup: Partial<CreateDeploymentGroupInput> = {
  deploymentConfigName: "CodeDeployDefault.ECSLinear10PercentEvery1Minutes",
  deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  ecsServices: [{ clusterName: "shop", serviceName: "storefront" }],
  blueGreenDeploymentConfiguration: {
    deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
    terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 5 },
  },
  loadBalancerInfo: {
    targetGroupPairInfoList: [
      {
        targetGroups: [{ name: "storefront-blue" }, { name: "storefront-green" }],
        prodTrafficRoute: {
          listenerArns: [
            "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2",
          ],
        },
      },
    ],
  },
};

/** At 80 percent a fifth of the hosts is deployed to at once. */
async function createConfigs(codeDeploy: CodeDeployClient): Promise<void> {
  await codeDeploy.call("CreateDeploymentConfig", {
    deploymentConfigName: "checkout-fifth-at-a-time",
    computePlatform: "Server",
    minimumHealthyHosts: { type: "FLEET_PERCENT", value: 80 },
  });
  await codeDeploy.call("CreateDeploymentConfig", {
    deploymentConfigName: "pricing-quarter-then-all",
    computePlatform: "Lambda",
    trafficRoutingConfig: {
      type: "TimeBasedCanary",
      timeBasedCanary: { canaryPercentage: 25, canaryInterval: 10 },
    },
  });
}
