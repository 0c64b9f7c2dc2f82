import { type EcsProject, type LambdaProject, type ProjectFolder, plainName } from "./project.ts";

const TASK_DEFINITIONS = ["task-definition.json", "taskdef.json", "task_definition.json", "taskDefinition.json"];
const DEFAULT_PORT = 80;

interface TaskDefinition {
  readonly family?: unknown;
  readonly containerDefinitions?: readonly {
    readonly name?: unknown;
    readonly portMappings?: readonly { readonly containerPort?: unknown }[];
  }[];
}

/** A directory with a task definition: its first container with a port takes the traffic. */
export function ecsProject({ name, paths, text }: ProjectFolder): EcsProject | undefined {
  const file = TASK_DEFINITIONS.find((each) => paths.has(each));
  if (file === undefined) return undefined;
  const { family, containerDefinitions } = parsed(text(file));
  const containers = Array.isArray(containerDefinitions) ? containerDefinitions : [];
  const container = containers.find(({ portMappings }) => (portMappings ?? []).length > 0) ?? containers[0];
  const port = Number(container?.portMappings?.[0]?.containerPort);
  return {
    kind: "ecs",
    what: `an ECS service (${file})`,
    taskDefinition: typeof family === "string" && /^[\w-]{1,255}$/.test(family) ? family : plainName(name),
    containerName:
      typeof container?.name === "string" && /^[\w-]{1,255}$/.test(container.name) ? container.name : plainName(name),
    containerPort: Number.isInteger(port) && port > 0 ? port : DEFAULT_PORT,
  };
}

export function lambdaProject({ name }: ProjectFolder): LambdaProject {
  return { kind: "lambda", what: "a Lambda function", functionName: plainName(name) };
}

function parsed(text: string | undefined): TaskDefinition {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
