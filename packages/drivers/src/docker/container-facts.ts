import type { ContainerFacts, PublishedPort } from "@sluice/engine/ports/container-engine.ts";
import { type ContainerIdentity, networkNameOf } from "./container-identity.ts";
import type { InspectedContainer } from "./inspected-container.ts";

const MAX_HEALTH_DETAIL_CHARACTERS = 300;
/** The zero time of Go, for what never was. */
const NEVER = "0001-";

export function factsOf(
  inspected: InspectedContainer,
  { taskId, containerName, role }: ContainerIdentity,
  installation: string,
): ContainerFacts {
  const { Id, Image, State, NetworkSettings } = inspected;
  const state = stateOf(inspected);
  const isRunning = state === "running";
  const address = NetworkSettings.Networks?.[networkNameOf(installation)]?.IPAddress;
  return {
    containerId: Id,
    taskId,
    containerName,
    role,
    state,
    ...healthOf(State.Health),
    exitCode: state === "exited" ? State.ExitCode : null,
    wasOutOfMemory: state === "exited" && State.OOMKilled,
    error: State.Error,
    startedAt: timeOf(State.StartedAt),
    finishedAt: state === "exited" ? endOf(State) : null,
    address: isRunning && address ? address : null,
    publishedPorts: isRunning ? publishedPortsOf(NetworkSettings.Ports ?? {}) : [],
    imageDigest: Image,
  };
}

/** `exited` once it was started and does not run: also when the engine is removing it, or could not finish that (`dead`). */
export function stateOf({ State }: InspectedContainer): ContainerFacts["state"] {
  if (["running", "paused", "restarting"].includes(State.Status)) return "running";
  return timeOf(State.StartedAt) === null ? "created" : "exited";
}

function healthOf(health: InspectedContainer["State"]["Health"]): Pick<ContainerFacts, "health" | "healthDetail"> {
  const status = health?.Status;
  if (status !== "starting" && status !== "healthy" && status !== "unhealthy")
    return { health: "none", healthDetail: "" };
  const said = health?.Log?.at(-1)?.Output.trim() ?? "";
  return { health: status, healthDetail: said.slice(0, MAX_HEALTH_DETAIL_CHARACTERS) };
}

/** The engine notes an end when it hears of it, and the start a moment after: of a program that ends at once, the end may come first. */
function endOf({ StartedAt, FinishedAt }: InspectedContainer["State"]): number | null {
  const finishedAt = timeOf(FinishedAt);
  return finishedAt === null ? null : Math.max(finishedAt, timeOf(StartedAt) ?? finishedAt);
}

function timeOf(text: string): number | null {
  const time = text.startsWith(NEVER) ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

function publishedPortsOf(ports: NonNullable<InspectedContainer["NetworkSettings"]["Ports"]>): PublishedPort[] {
  const published = Object.entries(ports).flatMap(([key, bindings]) => {
    const [containerPort, protocol] = key.split("/");
    if (protocol !== "tcp" && protocol !== "udp") return [];
    return (bindings ?? []).map(
      ({ HostPort }): PublishedPort => ({ containerPort: Number(containerPort), protocol, hostPort: Number(HostPort) }),
    );
  });
  return published.sort(
    (one, other) =>
      one.containerPort - other.containerPort ||
      one.protocol.localeCompare(other.protocol) ||
      one.hostPort - other.hostPort,
  );
}
