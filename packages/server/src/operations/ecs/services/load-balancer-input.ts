import type { LoadBalancer } from "@aws-sdk/client-ecs";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { Kysely } from "kysely";
import { type ServiceLoadBalancer, TASK_DEFINITION } from "../../../store/columns/ecs-columns.ts";
import type { TaskDefinition } from "../../../store/columns/task-definition.ts";
import type { TaskDefinitionRow } from "../../../store/ecs/task-definitions.ts";
import { isBehindListener } from "../../../store/elb/balancing-rows.ts";
import { readTargetGroups } from "../../../store/elb/target-groups.ts";
import type { Database } from "../../../store/schema.ts";
import { invalid } from "../checks/member-rules.ts";

/** The one target group in which tasks register, and the container and port that it talks to. */
export async function readLoadBalancer(
  db: Kysely<Database>,
  loadBalancers: readonly LoadBalancer[] | undefined,
  definition: TaskDefinitionRow,
): Promise<ServiceLoadBalancer> {
  const [loadBalancer, ...others] = loadBalancers ?? [];
  if (!loadBalancer || others.length > 0) {
    throw invalid(
      `loadBalancers has ${loadBalancer ? others.length + 1 : 0} entries: a service that CodeDeploy deploys to has one target group. Give one targetGroupArn with containerName and containerPort.`,
    );
  }
  const { targetGroupArn, containerName, containerPort } = loadBalancer;
  if (!targetGroupArn) throw invalid("loadBalancers[0].targetGroupArn must be specified.");
  const container = checkContainer(TASK_DEFINITION.read(definition), containerName, containerPort);
  const group = (await readTargetGroups(db)).find(({ arn }) => arn === targetGroupArn);
  if (group?.targetType === "lambda") {
    throw invalid(
      `loadBalancers[0].targetGroupArn ${excerpt(targetGroupArn)} has the target type lambda: name one of the type ip.`,
    );
  }
  if (!group) {
    throw invalid(
      `loadBalancers[0].targetGroupArn ${excerpt(targetGroupArn)} does not exist on this server: aws elbv2 describe-target-groups shows those that do.`,
    );
  }
  return { targetGroupArn, ...container };
}

/** In AWS' words. */
function checkContainer(
  { containerDefinitions }: TaskDefinition,
  name: string | undefined,
  port: number | undefined,
): Pick<ServiceLoadBalancer, "containerName" | "containerPort"> {
  if (!name) throw invalid("loadBalancers[0].containerName must be specified.");
  if (port === undefined) throw invalid("loadBalancers[0].containerPort must be specified.");
  const container = containerDefinitions.find((one) => one.name === name);
  if (!container) throw invalid(`The container ${excerpt(name)} does not exist in the task definition.`);
  if (!container.portMappings.some(({ containerPort, protocol }) => containerPort === port && protocol === "tcp")) {
    throw invalid(`The container ${name} did not have a container port ${port} defined.`);
  }
  return { containerName: name, containerPort: port };
}

/** A group that is behind no listener would get no requests, and no health checks. */
export async function requireBehindListener(
  db: Kysely<Database>,
  { targetGroupArn }: ServiceLoadBalancer,
): Promise<void> {
  if (await isBehindListener(db, targetGroupArn)) return;
  throw invalid(
    `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer. Name it in a listener or rule first: aws elbv2 create-listener.`,
  );
}
