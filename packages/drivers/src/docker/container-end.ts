import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { stateOf } from "./container-facts.ts";
import type { EngineApi } from "./engine-api.ts";
import { EngineRefusal, explained, isStatus } from "./engine-fault.ts";
import type { InspectedContainer } from "./inspected-container.ts";
import { findContainer, foreignReason } from "./own-container.ts";

export interface EndDependencies {
  readonly api: EngineApi;
  readonly installation: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** By container, when it was asked to end. */
  readonly stops: Map<string, number>;
}

const RETRY_AFTER_MILLISECONDS = 100;
/** The engine's own, for a container that was made without. */
const USUAL_STOP_SECONDS = 10;
/** Taking a file system apart can take long. */
export const REMOVE_TIMEOUT_MILLISECONDS = 120_000;

/**
 * Sends the signal and comes back: the engine's own stop would hold a request open for as long as the container takes. The time is counted
 * anew after a restart of Sluice.
 */
export async function stopContainer(
  containerId: string,
  dependencies: EndDependencies,
  signal: AbortSignal,
): Promise<PortOutcome> {
  const { api, installation, now, stops } = dependencies;
  const found = await findContainer(api, installation, containerId, signal);
  if (found.kind === "foreign") return { outcome: "failed", reason: foreignReason(containerId) };
  if (found.kind === "absent" || stateOf(found.inspected) !== "running") {
    stops.delete(containerId);
    return { outcome: "done" };
  }
  const { StopTimeout = USUAL_STOP_SECONDS, StopSignal } = found.inspected.Config;
  const askedAt = stops.get(containerId);
  const isLate = askedAt !== undefined && now() >= askedAt + StopTimeout * 1000;
  if (askedAt === undefined || isLate) {
    const refusal = await kill(api, containerId, isLate ? "SIGKILL" : StopSignal || "SIGTERM", signal);
    if (refusal !== undefined) return { outcome: "failed", reason: refusal };
    if (askedAt === undefined) stops.set(containerId, now());
  }
  const detail = isLate ? "it has been killed" : "it has been asked to end";
  return { outcome: "pending", retryAfterMilliseconds: RETRY_AFTER_MILLISECONDS, detail };
}

/** Undefined: the signal was sent, or there is nobody to take it any more. */
async function kill(
  api: EngineApi,
  containerId: string,
  signalName: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = `/containers/${encodeURIComponent(containerId)}/kill`;
  try {
    await api.ask({ method: "POST", path, query: { signal: signalName } }, signal);
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    if (error.status !== 404 && !/is not running/.test(error.message)) return explained(error.message);
  }
  return undefined;
}

/** With its anonymous volumes, and those of the task that no other container uses. */
export async function removeContainer(
  containerId: string,
  { api, installation, stops }: EndDependencies,
  signal: AbortSignal,
): Promise<PortOutcome> {
  const found = await findContainer(api, installation, containerId, signal);
  if (found.kind === "absent") return { outcome: "done" };
  if (found.kind === "foreign") return { outcome: "failed", reason: foreignReason(containerId) };
  if (stateOf(found.inspected) === "running") {
    return { outcome: "failed", reason: `the container ${containerId} is running` };
  }
  const path = `/containers/${encodeURIComponent(containerId)}`;
  try {
    await api.ask({ method: "DELETE", path, query: { v: "1" } }, signal, REMOVE_TIMEOUT_MILLISECONDS);
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    if (error.status === 409 && /in progress/i.test(error.message)) {
      return { outcome: "pending", retryAfterMilliseconds: RETRY_AFTER_MILLISECONDS, detail: error.message };
    }
    if (error.status !== 404) return { outcome: "failed", reason: explained(error.message) };
  }
  stops.delete(containerId);
  await removeVolumes(found.inspected, api, signal);
  return { outcome: "done" };
}

async function removeVolumes({ Mounts }: InspectedContainer, api: EngineApi, signal: AbortSignal): Promise<void> {
  for (const { Type, Name } of Mounts ?? []) {
    if (Type !== "volume" || Name === undefined) continue;
    try {
      await api.ask({ method: "DELETE", path: `/volumes/${encodeURIComponent(Name)}` }, signal);
    } catch (error) {
      // 409: another container of the task has it, and the last takes it along.
      if (!isStatus(error, 404) && !isStatus(error, 409)) throw error;
    }
  }
}
