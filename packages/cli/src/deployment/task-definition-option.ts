import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import type { RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { readJsonInput } from "../arguments/json-input.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { ecsClient } from "../place/ecs-door.ts";
import type { Connection } from "../place/server-connection.ts";

const OPTION = "--task-definition";
/** How a file is told from a family: no family has a point in it. */
const FILE = /\.json$/i;

/** Whether it names a file that has to be registered first. */
export function isTaskDefinitionFile(text: string): boolean {
  return FILE.test(text);
}

/**
 * What `--task-definition` names, as an AppSpec says it. A file is registered with the server, as `aws ecs deploy` does.
 * @returns an ARN, or what was given
 * @throws CommandFailed where the group's service is not one of the server's own
 */
export async function registeredTaskDefinition(
  connection: Connection,
  group: DeploymentGroupInfo,
  text: string,
): Promise<string> {
  if (!isTaskDefinitionFile(text)) return text;
  const { ECS_TABLE } = await import("@sluice/wire/generated/ecs-shapes.ts");
  const input = await readJsonInput(text, ECS_TABLE.RegisterTaskDefinition.input, withoutOutput, OPTION);
  const ecs = await ecsClient(connection.server);
  try {
    const [{ clusterName, serviceName } = {}] = group.ecsServices ?? [];
    const { services = [] } = await ecs.call("DescribeServices", {
      cluster: clusterName,
      services: [serviceName ?? ""],
    });
    if (services.length === 0) {
      throw new CommandFailed(
        `the service ${clusterName}/${serviceName} is not one of this server's own, so ${text} was not registered. Register it where the service is: aws ecs register-task-definition --cli-input-json file://${text}; then give its FAMILY:REVISION with --task-definition`,
      );
    }
    const { taskDefinition } = await ecs.call(
      "RegisterTaskDefinition",
      input as unknown as RegisterTaskDefinitionRequest,
    );
    if (taskDefinition?.taskDefinitionArn === undefined)
      throw new Error("RegisterTaskDefinition answered without an ARN");
    return taskDefinition.taskDefinitionArn;
  } finally {
    ecs.close();
  }
}

/** A plan registers nothing. */
export function requireNoFile(text: string | undefined): void {
  if (text === undefined || !isTaskDefinitionFile(text)) return;
  throw new CommandFailed(
    `--task-definition ${text} is a file, and a plan changes nothing: register it first (aws ecs register-task-definition --cli-input-json file://${text}), and give its FAMILY:REVISION`,
    { exitStatus: EXIT_USAGE },
  );
}

/** What describe-task-definition prints beyond what registering takes. */
function withoutOutput(printed: Record<string, unknown>): Record<string, unknown> {
  const members = printed.taskDefinition ?? printed;
  if (typeof members !== "object" || members === null) return printed;
  const outputs = new Set([
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "deregisteredAt",
    "registeredBy",
  ]);
  return Object.fromEntries(Object.entries(members).filter(([name]) => !outputs.has(name)));
}
