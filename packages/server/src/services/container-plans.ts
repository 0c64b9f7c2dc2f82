import type {
  ContainerHealthCheck,
  ContainerMount,
  ContainerNetwork,
  ContainerPlan,
} from "@sluice/engine/ports/container-engine.ts";
import type { ContainerCheck, ContainerDefinition, TaskDefinition } from "../store/columns/task-definition.ts";

/** No task definition can call a container so. */
export const SANDBOX_NAME = "sluice~sandbox";
/** As ECS has it when the task definition does not say. */
export const USUAL_STOP_TIMEOUT_SECONDS = 30;
const SANDBOX_STOP_TIMEOUT_SECONDS = 1;
const MEBIBYTE = 1_048_576;
const CPU_UNITS_OF_CORE = 1_024;

/** Of one task. `labels` are for people who look at the engine. */
export interface TaskIdentity {
  readonly taskId: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A task of several containers has one more that holds their network, so that none takes it away when it ends. */
export function hasSandbox({ containerDefinitions }: TaskDefinition): boolean {
  return containerDefinitions.length > 1;
}

/** `["NONE"]` turns off the image's own check, and is none itself. */
export function hasHealthCheck({ healthCheck }: Pick<ContainerDefinition, "healthCheck">): boolean {
  return healthCheck !== undefined && healthCheck.command[0] !== "NONE";
}

export function sandboxPlan({ taskId, labels }: TaskIdentity, definition: TaskDefinition): ContainerPlan {
  const { containerDefinitions } = definition;
  const hostname = containerDefinitions.find((container) => container.hostname !== undefined)?.hostname;
  return {
    taskId,
    containerName: SANDBOX_NAME,
    role: "sandbox",
    image: "",
    labels,
    network: { kind: "own", hostname, publishedPorts: publishedPorts(definition, containerDefinitions) },
    environment: {},
    secrets: {},
    memoryBytes: null,
    memoryReservationBytes: null,
    cpuShares: null,
    cpuCores: null,
    mounts: [],
    ulimits: [],
    isRootReadOnly: true,
    droppedCapabilities: ["ALL"],
    hasInit: false,
    healthCheck: null,
    stopTimeoutSeconds: SANDBOX_STOP_TIMEOUT_SECONDS,
  };
}

export function containerPlan(
  { taskId, labels }: TaskIdentity,
  definition: TaskDefinition,
  container: ContainerDefinition,
): ContainerPlan {
  return {
    taskId,
    containerName: container.name,
    role: "application",
    image: container.image,
    labels,
    network: networkOf(definition, container),
    entryPoint: container.entryPoint,
    command: container.command,
    workingDirectory: container.workingDirectory,
    user: container.user,
    environment: Object.fromEntries(container.environment.map(({ name, value }) => [name, value])),
    secrets: Object.fromEntries(container.secrets.map(({ name, valueFrom }) => [name, valueFrom])),
    memoryBytes: bytesOf(container.memory ?? numberOf(definition.memory)),
    memoryReservationBytes: bytesOf(container.memoryReservation),
    cpuShares: container.cpu > 0 ? container.cpu : null,
    cpuCores: coresOf(definition),
    mounts: mountsOf(definition, container),
    ulimits: container.ulimits.map(({ name, softLimit, hardLimit }) => ({ name, soft: softLimit, hard: hardLimit })),
    isRootReadOnly: container.readonlyRootFilesystem,
    droppedCapabilities: container.droppedCapabilities,
    hasInit: container.initProcessEnabled,
    healthCheck: container.healthCheck && hasHealthCheck(container) ? checkOf(container.healthCheck) : null,
    stopTimeoutSeconds: container.stopTimeout ?? USUAL_STOP_TIMEOUT_SECONDS,
  };
}

function networkOf(definition: TaskDefinition, container: ContainerDefinition): ContainerNetwork {
  if (hasSandbox(definition)) return { kind: "of-task" };
  return { kind: "own", hostname: container.hostname, publishedPorts: publishedPorts(definition, [container]) };
}

/** The balancer talks to the container's own address: only bridge mode is also on the machine's loopback. */
function publishedPorts({ networkMode }: TaskDefinition, containers: readonly ContainerDefinition[]) {
  if (networkMode !== "bridge") return [];
  return containers.flatMap(({ portMappings }) =>
    portMappings.map(({ containerPort, hostPort, protocol }) => ({ containerPort, hostPort, protocol })),
  );
}

function mountsOf({ volumes }: TaskDefinition, { mountPoints }: ContainerDefinition): readonly ContainerMount[] {
  return mountPoints.map(({ sourceVolume, containerPath, readOnly }) => ({
    volumeName: sourceVolume,
    folder: volumes.find(({ name }) => name === sourceVolume)?.sourcePath ?? null,
    containerPath,
    isReadOnly: readOnly,
  }));
}

function checkOf({ command, interval, timeout, retries, startPeriod }: ContainerCheck): ContainerHealthCheck {
  return { command, intervalSeconds: interval, timeoutSeconds: timeout, retries, startPeriodSeconds: startPeriod };
}

/** `256` of ECS' units is a quarter of a core. */
function coresOf({ cpu }: TaskDefinition): number | null {
  const units = numberOf(cpu);
  return units === undefined ? null : units / CPU_UNITS_OF_CORE;
}

function numberOf(text: string | undefined): number | undefined {
  const number = Number(text);
  return text !== undefined && number > 0 ? number : undefined;
}

function bytesOf(mebibytes: number | undefined): number | null {
  return mebibytes === undefined ? null : mebibytes * MEBIBYTE;
}
