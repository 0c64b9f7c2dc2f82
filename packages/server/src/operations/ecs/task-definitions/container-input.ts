import type { ContainerDefinition as ContainerInput, Ulimit } from "@aws-sdk/client-ecs";
import { excerpt } from "@sluice/model/excerpt.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";
import type { ContainerDefinition } from "../../../store/columns/task-definition.ts";
import { invalid } from "../checks/member-rules.ts";
import { requireOneOf, requireWithin } from "../checks/one-of.ts";
import { readContainerCheck } from "./container-check-input.ts";
import type { ContainerReading } from "./container-reading.ts";
import { clientFault } from "./definition-fault.ts";
import { readEnvironment, readSecrets } from "./environment-input.ts";
import { imageTrouble } from "./image-reference.ts";
import { readPortMapping } from "./port-input.ts";
import { MIN_MEMORY_MEBIBYTES } from "./task-size.ts";

const CONTAINER_NAME = /^[A-Za-z0-9_-]{1,255}$/;
const HOSTNAME = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;
/** A user, a group, or both, by name or number. */
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$/;
const CAPABILITY = /^[A-Z_]{1,40}$/;
const MIN_START_TIMEOUT_SECONDS = 2;
const MAX_START_TIMEOUT_SECONDS = 3_600;
const MAX_STOP_TIMEOUT_SECONDS = 120;
const ULIMITS = [
  ...["core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio"],
  ...["rttime", "sigpending", "stack"],
] as const;

/** One container, by itself: what it is to the others is looked at when all are read. */
export function readContainer(input: ContainerInput, reading: ContainerReading): ContainerDefinition {
  const { path, networkMode } = reading;
  const name = readName(input.name, path);
  const environment = readEnvironment(input.environment ?? [], `${path}.environment`);
  return {
    name,
    image: readImage(input.image, path),
    essential: input.essential ?? true,
    ...readSize(input, name),
    portMappings: (input.portMappings ?? []).map((mapping, index) =>
      readPortMapping(mapping, networkMode, `${path}.portMappings[${index}]`),
    ),
    ...(input.entryPoint?.length ? { entryPoint: input.entryPoint } : {}),
    ...(input.command?.length ? { command: input.command } : {}),
    ...readPlace(input, reading),
    environment,
    secrets: readSecrets(input.secrets ?? [], environment, reading),
    mountPoints: (input.mountPoints ?? []).map(({ sourceVolume = "", containerPath, readOnly = false }, index) => ({
      sourceVolume,
      containerPath: requireAbsolute(containerPath, `${path}.mountPoints[${index}].containerPath`),
      readOnly,
    })),
    dependsOn: (input.dependsOn ?? []).map(({ containerName = "", condition = "" }, index) => ({
      containerName,
      condition: requireOneOf(condition, `${path}.dependsOn[${index}].condition`, [
        "START",
        "COMPLETE",
        "SUCCESS",
        "HEALTHY",
      ]),
    })),
    ulimits: (input.ulimits ?? []).map((limit, index) => readUlimit(limit, `${path}.ulimits[${index}]`)),
    ...(input.healthCheck ? { healthCheck: readContainerCheck(input.healthCheck, `${path}.healthCheck`) } : {}),
    ...readTimeouts(input, path),
    readonlyRootFilesystem: input.readonlyRootFilesystem ?? false,
    droppedCapabilities: readDropped(input, path),
    initProcessEnabled: input.linuxParameters?.initProcessEnabled ?? false,
    ...(input.logConfiguration ? { logConfiguration: input.logConfiguration } : {}),
  };
}

function readName(name: string | undefined, path: string): string {
  if (!name) throw clientFault("Container.name should not be null or empty.");
  if (CONTAINER_NAME.test(name)) return name;
  throw clientFault(
    `Container.name contains invalid characters. (${path}.name is ${excerpt(name)}: use up to 255 letters, digits, hyphens and underscores.)`,
  );
}

function readImage(image: string | undefined, path: string): string {
  if (!image) throw clientFault("Container.image should not be null or empty.");
  const trouble = imageTrouble(image);
  if (trouble === undefined) return image;
  throw clientFault(
    `Container.image contains invalid characters. (${path}.image is "${visibleLine(excerpt(image))}": ${trouble}.)`,
  );
}

function readSize({ cpu = 0, memory, memoryReservation }: ContainerInput, name: string) {
  const requireMemory = (value: number, member: string) => {
    if (value >= MIN_MEMORY_MEBIBYTES) return value;
    throw clientFault(
      `Invalid setting for container '${name}'. ${member} is ${value}: give at least ${MIN_MEMORY_MEBIBYTES} MiB.`,
    );
  };
  if (cpu < 0) throw clientFault(`Invalid setting for container '${name}'. cpu is ${cpu}: give 0 or more CPU units.`);
  if (memory !== undefined && memoryReservation !== undefined && memory < memoryReservation) {
    throw clientFault(
      `Invalid setting for container '${name}'. memoryReservation ${memoryReservation} is more than memory ${memory}: give at most as much.`,
    );
  }
  return {
    cpu,
    ...(memory === undefined ? {} : { memory: requireMemory(memory, "memory") }),
    ...(memoryReservation === undefined
      ? {}
      : { memoryReservation: requireMemory(memoryReservation, "memoryReservation") }),
  };
}

/** Absent, each has its own default. */
function readTimeouts({ startTimeout, stopTimeout }: ContainerInput, path: string) {
  const starting = [MIN_START_TIMEOUT_SECONDS, MAX_START_TIMEOUT_SECONDS] as const;
  return {
    ...(startTimeout === undefined
      ? {}
      : { startTimeout: requireWithin(startTimeout, `${path}.startTimeout`, starting) }),
    ...(stopTimeout === undefined
      ? {}
      : { stopTimeout: requireWithin(stopTimeout, `${path}.stopTimeout`, [0, MAX_STOP_TIMEOUT_SECONDS]) }),
  };
}

/** As whom it runs, where, and under which name. */
function readPlace({ workingDirectory, user, hostname }: ContainerInput, { path, networkMode }: ContainerReading) {
  if (user !== undefined && !USER.test(user)) {
    throw invalid(`${path}.user ${excerpt(user)} is not valid: give user, uid, user:group or uid:gid.`);
  }
  if (hostname !== undefined && networkMode === "awsvpc") {
    throw clientFault("'hostname' is not supported on container when networkMode=awsvpc.");
  }
  if (hostname !== undefined && !HOSTNAME.test(hostname)) {
    throw invalid(`${path}.hostname ${excerpt(hostname)} is not valid: use letters, digits, dots and hyphens.`);
  }
  return {
    ...(workingDirectory === undefined
      ? {}
      : { workingDirectory: requireAbsolute(workingDirectory, `${path}.workingDirectory`) }),
    ...(user === undefined ? {} : { user }),
    ...(hostname === undefined ? {} : { hostname }),
  };
}

function readDropped({ linuxParameters }: ContainerInput, path: string): readonly string[] {
  const dropped = linuxParameters?.capabilities?.drop ?? [];
  const wrong = dropped.find((name) => !CAPABILITY.test(name));
  if (wrong === undefined) return dropped;
  throw invalid(
    `${path}.linuxParameters.capabilities.drop ${excerpt(wrong)} is not a capability: write it like NET_RAW, or ALL.`,
  );
}

function readUlimit({ name, softLimit = -1, hardLimit = -1 }: Ulimit, path: string) {
  const known = requireOneOf(name ?? "", `${path}.name`, ULIMITS);
  if (softLimit >= 0 && hardLimit >= softLimit) return { name: known, softLimit, hardLimit };
  throw invalid(`${path} is not valid: give a softLimit of 0 or more, and a hardLimit that is not below it.`);
}

function requireAbsolute(path: string | undefined, member: string): string {
  if (!path) throw invalid(`${member} must be specified.`);
  if (path.startsWith("/") && !path.split("/").includes("..")) return path;
  throw invalid(`${member} ${excerpt(path)} is not valid: give an absolute path without "..".`);
}
