import type { RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import type { EnginePlace } from "../../../services/local-services.ts";
import type { TaskDefinition } from "../../../store/columns/task-definition.ts";
import { invalid } from "../checks/member-rules.ts";
import { requireOneOf } from "../checks/one-of.ts";
import { readContainer } from "./container-input.ts";
import { checkContainersTogether } from "./containers-together.ts";
import { clientFault } from "./definition-fault.ts";
import { readCpuUnits, readMebibytes } from "./task-size.ts";
import { readVolumes } from "./volume-input.ts";

/** Containers of one task (as ECS). */
export const MAX_CONTAINERS_PER_TASK = 10;
/** Of one task definition as JSON (as ECS). */
export const MAX_TASK_DEFINITION_BYTES = 64 * 1024;

/** What is stored of an input whose members are all supported, with ECS' defaults. Folders on the disk are not looked at yet. */
export function readTaskDefinition(input: RegisterTaskDefinitionRequest, place: EnginePlace): TaskDefinition {
  const networkMode = readNetworkMode(input.networkMode);
  const containers = input.containerDefinitions ?? [];
  if (containers.length === 0) throw clientFault("Container list cannot be empty.");
  if (containers.length > MAX_CONTAINERS_PER_TASK) {
    throw invalid(
      `containerDefinitions has ${containers.length} entries: a task has at most ${MAX_CONTAINERS_PER_TASK} containers.`,
    );
  }
  const compatibilities = (input.requiresCompatibilities ?? []).map((text) =>
    requireOneOf(text, "requiresCompatibilities", ["EC2", "FARGATE"]),
  );
  const definition: TaskDefinition = {
    networkMode,
    containerDefinitions: containers.map((container, index) =>
      readContainer(container, { path: `containerDefinitions[${index}]`, networkMode, secretNames: place.secretNames }),
    ),
    volumes: readVolumes(input.volumes ?? []),
    ...(input.cpu === undefined ? {} : { cpu: readCpuUnits(input.cpu) }),
    ...(input.memory === undefined ? {} : { memory: readMebibytes(input.memory) }),
    ...(compatibilities.length === 0 ? {} : { requiresCompatibilities: compatibilities }),
    ...awsOnlyMembers(input),
  };
  checkContainersTogether(definition);
  if (compatibilities.includes("FARGATE")) checkFargate(definition);
  const bytes = Buffer.byteLength(JSON.stringify(definition));
  if (bytes > MAX_TASK_DEFINITION_BYTES) {
    throw clientFault(
      `The task definition has ${bytes} bytes as JSON: at most ${MAX_TASK_DEFINITION_BYTES} are allowed. Give large values as files of a volume.`,
    );
  }
  return definition;
}

function awsOnlyMembers({ taskRoleArn, executionRoleArn, runtimePlatform }: RegisterTaskDefinitionRequest) {
  return {
    ...(taskRoleArn ? { taskRoleArn } : {}),
    ...(executionRoleArn ? { executionRoleArn } : {}),
    ...(runtimePlatform ? { runtimePlatform } : {}),
  };
}

function readNetworkMode(text = "bridge"): TaskDefinition["networkMode"] {
  if (text === "host") {
    throw invalid("networkMode host is refused: the task would have the machine's own network. Use bridge or awsvpc.");
  }
  if (text === "none") {
    throw invalid(
      "networkMode none is not supported: every task has an address in the engine's network. Use bridge or awsvpc, and publish no ports.",
    );
  }
  return requireOneOf(text, "networkMode", ["bridge", "awsvpc"]);
}

/** What is written for Fargate works there, too. */
function checkFargate({ networkMode, cpu, memory }: TaskDefinition): void {
  if (networkMode !== "awsvpc") throw clientFault("Fargate only supports network mode ‘awsvpc’.");
  if (cpu === undefined) throw clientFault("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) throw clientFault("Fargate requires that 'memory' be defined at the task level.");
}
