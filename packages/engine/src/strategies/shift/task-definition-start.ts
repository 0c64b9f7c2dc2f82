import { someOf } from "@sluice/model/some-of.ts";
import type { TaskDefinitionFacts, TaskSetPlan } from "../../ports/task-sets.ts";
import type { DeploymentError } from "../../state.ts";
import { withSentence } from "./shift-messages.ts";

type Wanted = Pick<TaskSetPlan, "taskDefinition" | "containerName" | "containerPort">;

/** How many containers, or ports, a message names before it counts the rest. */
const NAMED = 10;

/** A task set of it could not be made, or would have no container that the load balancer reaches. In ECS' words, then what there is. */
export function taskDefinitionError(
  { taskDefinition, containerName, containerPort }: Wanted,
  facts: TaskDefinitionFacts | undefined,
): DeploymentError | undefined {
  if (facts === undefined || facts.outcome === "unchecked") return undefined;
  if (facts.outcome === "missing") {
    return refused(
      `${facts.reason}. The AppSpec file names ${taskDefinition}. Register it, or name one that is there, and deploy again.`,
    );
  }
  if (facts.outcome === "refused") return refused(`${facts.reason}.`);
  const container = facts.containers.find(({ name }) => name === containerName);
  if (!container) {
    const names = facts.containers.map(({ name }) => name);
    return refused(
      `The container ${containerName} does not exist in the task definition. ${facts.taskDefinition} has ${someOf(names, NAMED) || "none"}. Correct ContainerName in the AppSpec file, and deploy again.`,
    );
  }
  if (!container.ports.includes(containerPort)) {
    const ports = container.ports.map(String);
    return refused(
      `The container ${containerName} did not have a container port ${containerPort} defined. In ${facts.taskDefinition} it has ${someOf(ports, NAMED) || "none"}. Correct ContainerPort in the AppSpec file, or the portMappings of the task definition, and deploy again.`,
    );
  }
  return undefined;
}

/** Nobody may look: whether it is right shows when the task set is made. */
export function uncheckedTaskDefinition(
  { taskDefinition }: Wanted,
  facts: TaskDefinitionFacts | undefined,
): readonly string[] {
  return facts?.outcome === "unchecked"
    ? [`The task definition ${taskDefinition} was not looked at: ${facts.reason}.`]
    : [];
}

function refused(told: string): DeploymentError {
  const code = "ECS_UPDATE_ERROR";
  return { code, message: withSentence(code, told) };
}
