import type { ContainerDefinition, TaskDefinition } from "../../../store/columns/task-definition.ts";
import { invalid } from "../checks/member-rules.ts";
import { clientFault } from "./definition-fault.ts";

/** What the containers of one task are to each other, to its volumes and to its size. */
export function checkContainersTogether(definition: TaskDefinition): void {
  const { containerDefinitions: containers } = definition;
  const names = containers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw clientFault(`Container names must be unique: ${twice} is there twice.`);
  if (!containers.some(({ essential }) => essential)) {
    throw clientFault("At least one container of a task must be essential: leave essential out, or make it true.");
  }
  checkPorts(containers);
  checkHostnames(containers);
  checkMounts(definition);
  checkDependencies(containers);
  checkSizes(definition);
}

/** One network: two containers cannot listen on the same port of it. */
function checkPorts(containers: readonly ContainerDefinition[]): void {
  const owners = new Map<string, string>();
  for (const { name, portMappings } of containers) {
    for (const { containerPort, hostPort, protocol } of portMappings) {
      const ports = [`containerPort ${containerPort}/${protocol}`];
      if (hostPort > 0) ports.push(`hostPort ${hostPort}/${protocol}`);
      for (const port of ports) {
        const owner = owners.get(port);
        if (owner !== undefined) {
          throw clientFault(
            `${port} is mapped by ${owner} and again by ${name}: the containers of a task share one network. Give each its own.`,
          );
        }
        owners.set(port, name);
      }
    }
  }
}

function checkHostnames(containers: readonly ContainerDefinition[]): void {
  const hostnames = new Set(containers.flatMap(({ hostname }) => hostname ?? []));
  if (hostnames.size > 1) {
    throw clientFault(
      `The containers of a task share one network and one hostname, and these have ${[...hostnames].join(" and ")}: give one.`,
    );
  }
}

function checkMounts({ containerDefinitions, volumes }: TaskDefinition): void {
  for (const { name, mountPoints } of containerDefinitions) {
    const unknown = mountPoints.find(({ sourceVolume }) => !volumes.some((volume) => volume.name === sourceVolume));
    if (unknown) throw clientFault(`Unknown volume '${unknown.sourceVolume}'.`);
    const paths = mountPoints.map(({ containerPath }) => containerPath);
    const twice = paths.find((path, index) => paths.indexOf(path) !== index);
    if (twice !== undefined) throw invalid(`The container ${name} mounts two volumes at ${twice}: give each its own.`);
  }
}

function checkDependencies(containers: readonly ContainerDefinition[]): void {
  const byName = new Map(containers.map((container) => [container.name, container]));
  for (const { name, dependsOn } of containers) {
    for (const { containerName, condition } of dependsOn) {
      const other = byName.get(containerName);
      if (!other || containerName === name) {
        throw clientFault(
          `The container ${name} depends on '${containerName}', which is no other container of the task.`,
        );
      }
      if (condition === "HEALTHY" && (!other.healthCheck || other.healthCheck.command[0] === "NONE")) {
        throw clientFault(
          `The container ${name} waits until ${containerName} is HEALTHY, and that has no healthCheck: give it one.`,
        );
      }
      if ((condition === "COMPLETE" || condition === "SUCCESS") && other.essential) {
        throw clientFault(
          `The container ${name} waits until ${containerName} has ended, and the task would end with it: make that one not essential.`,
        );
      }
    }
  }
  const circle = circleAmong(byName);
  if (circle) throw clientFault(`The containers ${circle.join(", ")} depend on each other in a circle.`);
}

/** The containers that no order can start; undefined: there is an order. */
function circleAmong(byName: ReadonlyMap<string, ContainerDefinition>): readonly string[] | undefined {
  const left = new Set(byName.keys());
  for (;;) {
    const free = [...left].filter((name) =>
      byName.get(name)?.dependsOn.every(({ containerName }) => !left.has(containerName)),
    );
    if (free.length === 0) return left.size > 0 ? [...left] : undefined;
    for (const name of free) left.delete(name);
  }
}

function checkSizes({ containerDefinitions, cpu, memory }: TaskDefinition): void {
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  const units = sum(containerDefinitions.map((container) => container.cpu));
  if (cpu !== undefined && units > Number(cpu)) {
    throw clientFault(`The containers' cpu is ${units} in sum, more than the task's ${cpu}: give the task as much.`);
  }
  const reserved = sum(containerDefinitions.map((one) => one.memoryReservation ?? one.memory ?? 0));
  const largest = Math.max(...containerDefinitions.map((one) => one.memory ?? 0));
  if (memory !== undefined && Math.max(reserved, largest) > Number(memory)) {
    throw clientFault(
      `The containers' memory is ${Math.max(reserved, largest)} MiB, more than the task's ${memory}: give the task as much.`,
    );
  }
}
