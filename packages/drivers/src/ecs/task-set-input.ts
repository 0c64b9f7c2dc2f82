import type { CreateTaskSetCommandInput, NetworkConfiguration, Service, TaskSet } from "@aws-sdk/client-ecs";
import type { EcsService, TaskSetPlan } from "@sluice/engine/ports/task-sets.ts";

/**
 * What ECS is asked for, as CodeDeploy asks (codedeploy-semantics.md, section 12): the AppSpec's network or else the service's, and the
 * AppSpec's capacity providers or else none. Service discovery goes on as it is.
 *
 * @param targetGroupArn of the plan's target group
 */
export function taskSetInput(
  service: EcsService,
  plan: TaskSetPlan,
  facts: Service,
  targetGroupArn: string,
): CreateTaskSetCommandInput {
  const { externalId, taskDefinition, containerName, containerPort, platformVersion, network, capacityProviders } =
    plan;
  const primary = facts.taskSets?.find(({ status }) => status === "PRIMARY");
  const networkConfiguration = network
    ? awsvpc(network)
    : (facts.networkConfiguration ?? primary?.networkConfiguration);
  const serviceRegistries = facts.serviceRegistries?.length ? facts.serviceRegistries : primary?.serviceRegistries;
  return {
    cluster: service.clusterName,
    service: service.serviceName,
    externalId,
    // Asked twice, ECS makes one: a deployment has one replacement.
    clientToken: externalId,
    taskDefinition,
    loadBalancers: [{ targetGroupArn, containerName, containerPort }],
    scale: { unit: "PERCENT", value: 100 },
    ...whereItRuns(capacityProviders, facts, primary),
    ...(networkConfiguration ? { networkConfiguration } : {}),
    ...(serviceRegistries?.length ? { serviceRegistries } : {}),
    ...(platformVersion === undefined ? {} : { platformVersion }),
  };
}

/** Capacity providers and a launch type exclude each other. Without either, ECS takes the cluster's own strategy. */
function whereItRuns(
  providers: TaskSetPlan["capacityProviders"],
  { launchType }: Service,
  primary: TaskSet | undefined,
): Pick<CreateTaskSetCommandInput, "launchType" | "capacityProviderStrategy"> {
  if (providers) {
    const strategy = providers.map(({ name, base, weight }) => ({ capacityProvider: name, base, weight }));
    return { capacityProviderStrategy: strategy };
  }
  const asBefore = primary?.launchType ?? launchType;
  return asBefore === undefined ? {} : { launchType: asBefore };
}

function awsvpc({
  subnets,
  securityGroups,
  assignsPublicIp,
}: NonNullable<TaskSetPlan["network"]>): NetworkConfiguration {
  return {
    awsvpcConfiguration: {
      subnets: [...subnets],
      securityGroups: [...securityGroups],
      assignPublicIp: assignsPublicIp ? "ENABLED" : "DISABLED",
    },
  };
}
