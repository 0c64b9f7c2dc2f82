import type { ContainerPlan, PublishedPort } from "@sluice/engine/ports/container-engine.ts";
import { engineNameOf, identityLabels, networkNameOf, taskLabels, volumeNameOf } from "./container-identity.ts";
import { SANDBOX_PROGRAM } from "./sandbox-image.ts";

/** What a plan needs from elsewhere before the engine can be asked. */
export interface CreationNeeds {
  readonly installation: string;
  /** Of a sandbox: the driver's own image. */
  readonly image: string;
  /** By variable, the values of the plan's secrets. */
  readonly secrets: Readonly<Record<string, string>>;
  /** By the plan's folder, where that really is. */
  readonly folders: ReadonlyMap<string, string>;
}

/** Loopback: the balancer is on this machine, and nobody else is to pass it by. */
export const PUBLISHED_ON = "127.0.0.1";
/** The engine keeps so much of what a container writes: this twice, in two files. */
export const MAX_LOG_FILE_MEBIBYTES = 10;
const LOG_FILES = 2;
const NANOSECONDS = 1_000_000_000;
/** `nobody`, which needs no entry in a file of users. */
const NOBODY = "65534:65534";

/**
 * The body of the engine's `POST /containers/create`. What the plan does not say is said here all the same where the engine or the image
 * could have another default: never privileged, no new privileges, no added capability, no namespace of the machine, no restart by the
 * engine, no health check of the image's.
 */
export function creationOf(plan: ContainerPlan, needs: CreationNeeds): object {
  const { installation, image } = needs;
  const { network, memoryBytes, memoryReservationBytes, cpuShares, cpuCores, ulimits } = plan;
  const isSandbox = plan.role === "sandbox";
  const ports = network.kind === "own" ? network.publishedPorts : [];
  return {
    Image: image,
    Labels: { ...plan.labels, ...identityLabels(installation, plan) },
    ...(isSandbox
      ? { Entrypoint: [SANDBOX_PROGRAM], Cmd: [], User: NOBODY, WorkingDir: "/" }
      : {
          ...(plan.entryPoint ? { Entrypoint: plan.entryPoint } : {}),
          ...(plan.command ? { Cmd: plan.command } : {}),
          ...(plan.user ? { User: plan.user } : {}),
          ...(plan.workingDirectory ? { WorkingDir: plan.workingDirectory } : {}),
        }),
    ...(network.kind === "own" && network.hostname ? { Hostname: network.hostname } : {}),
    Env: Object.entries({ ...plan.environment, ...needs.secrets }).map(([name, value]) => `${name}=${value}`),
    ExposedPorts: Object.fromEntries(ports.map((port) => [portKey(port), {}])),
    StopTimeout: plan.stopTimeoutSeconds,
    Healthcheck: healthCheckOf(plan),
    HostConfig: {
      NetworkMode:
        network.kind === "own"
          ? networkNameOf(installation)
          : `container:${engineNameOf(installation, { ...plan, role: "sandbox" })}`,
      PortBindings: portBindingsOf(ports),
      Mounts: mountsOf(plan, needs),
      Memory: memoryBytes ?? 0,
      // No swap beside the limit: a container that needs more ends, and does not slow the machine down.
      MemorySwap: memoryBytes ?? 0,
      MemoryReservation: memoryReservationBytes ?? 0,
      CpuShares: cpuShares ?? 0,
      NanoCpus: Math.round((cpuCores ?? 0) * NANOSECONDS),
      Ulimits: ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
      ReadonlyRootfs: isSandbox || plan.isRootReadOnly,
      Init: plan.hasInit,
      Privileged: false,
      CapAdd: [],
      CapDrop: isSandbox ? ["ALL"] : plan.droppedCapabilities,
      SecurityOpt: ["no-new-privileges"],
      IpcMode: "private",
      PidMode: "",
      UTSMode: "",
      PublishAllPorts: false,
      AutoRemove: false,
      RestartPolicy: { Name: "no" },
      LogConfig: {
        // Of the engine's drivers this is one whose logs can be read back, whatever the engine's default.
        Type: "json-file",
        Config: { "max-size": `${MAX_LOG_FILE_MEBIBYTES}m`, "max-file": String(LOG_FILES) },
      },
    },
  };
}

function healthCheckOf({ healthCheck }: ContainerPlan): object {
  if (!healthCheck) return { Test: ["NONE"] };
  const { command, intervalSeconds, timeoutSeconds, retries, startPeriodSeconds } = healthCheck;
  return {
    Test: command,
    Interval: intervalSeconds * NANOSECONDS,
    Timeout: timeoutSeconds * NANOSECONDS,
    Retries: retries,
    StartPeriod: startPeriodSeconds * NANOSECONDS,
  };
}

/** A container's port may be published more than once. */
function portBindingsOf(ports: readonly PublishedPort[]): object {
  const bindings: Record<string, object[]> = {};
  for (const port of ports) {
    const binding = { HostIp: PUBLISHED_ON, HostPort: port.hostPort === 0 ? "" : String(port.hostPort) };
    bindings[portKey(port)] = [...(bindings[portKey(port)] ?? []), binding];
  }
  return bindings;
}

function portKey({ containerPort, protocol }: PublishedPort): string {
  return `${containerPort}/${protocol}`;
}

function mountsOf({ mounts, taskId }: ContainerPlan, { installation, folders }: CreationNeeds): object[] {
  return mounts.map(({ volumeName, folder, containerPath, isReadOnly }) => ({
    Target: containerPath,
    ReadOnly: isReadOnly,
    ...(folder === null
      ? {
          Type: "volume",
          Source: volumeNameOf(installation, taskId, volumeName),
          VolumeOptions: { Labels: taskLabels(installation, taskId) },
        }
      : { Type: "bind", Source: folders.get(folder), BindOptions: { Propagation: "rprivate" } }),
  }));
}
