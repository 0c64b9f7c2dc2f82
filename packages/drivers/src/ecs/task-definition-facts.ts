import type { TaskDefinition } from "@aws-sdk/client-ecs";
import type { TaskDefinitionFacts } from "@sluice/engine/ports/task-sets.ts";
import { AwsCallError } from "../aws/aws-call-error.ts";
import type { AwsCaller } from "../aws/aws-caller.ts";
import type { EcsClient } from "./ecs-client.ts";

/** AWS's managed role for CodeDeploy may not look at task definitions: then nothing is checked, and that is said. */
export async function inspectTaskDefinition(
  call: AwsCaller<EcsClient>,
  taskDefinition: string,
  signal: AbortSignal,
): Promise<TaskDefinitionFacts> {
  try {
    const answer = await call("DescribeTaskDefinition", signal, (client, options) =>
      client.describeTaskDefinition({ taskDefinition }, options),
    );
    return factsOf(taskDefinition, answer.taskDefinition);
  } catch (error) {
    if (!(error instanceof AwsCallError && error.isRefusal)) throw error;
    if (error.deploymentCode === "IAM_ROLE_PERMISSIONS") return { outcome: "unchecked", reason: error.message };
    if (!/^ClientException|^InvalidParameter/.test(error.code)) throw error;
    return { outcome: "missing", reason: `there is no task definition ${taskDefinition} (${error.reason})` };
  }
}

function factsOf(asked: string, found: TaskDefinition | undefined): TaskDefinitionFacts {
  const { taskDefinitionArn = asked, containerDefinitions = [], status } = found ?? {};
  if (status !== undefined && status !== "ACTIVE") {
    return { outcome: "missing", reason: `the task definition ${taskDefinitionArn} is ${status}` };
  }
  return {
    outcome: "found",
    taskDefinition: taskDefinitionArn,
    containers: containerDefinitions.map(({ name = "", portMappings = [] }) => ({
      name,
      ports: portMappings.flatMap(({ containerPort }) => containerPort ?? []),
    })),
  };
}
