import { type AgentLog, describeFailure } from "../process/agent-log.ts";
import { BackOff, pause } from "../process/back-off.ts";
import type { AgentUpgrade } from "../upgrade/agent-upgrade.ts";
import type { HeldCommands } from "./held-commands.ts";
import type { HostServer } from "./host-server.ts";

/** When the server names no interval that can be used. */
export const HEARTBEAT_DEFAULT_SECONDS = 5;
/** Whatever the server asks for, within these. */
const MIN_HEARTBEAT_SECONDS = 1;
const MAX_HEARTBEAT_SECONDS = 300;
/**
 * After a heartbeat that was not answered, at most: sooner than the usual interval, since the server may take the host for silent. Jitter
 * keeps hosts that lost the server together from returning together.
 */
export const HEARTBEAT_RETRY = { firstMs: 1_000, capMs: 3_000 };
/** What an agent that stops gives its last word. */
export const MAX_GOODBYE_MILLISECONDS = 3_000;

/** What heartbeats say of the agent's own upgrade, and bring to it. */
export type BeatingUpgrade = Pick<AgentUpgrade, "said" | "heard" | "offered" | "changed">;

/**
 * Tells the server, at the interval that it names, that this host lives and which commands it holds. A lost heartbeat is not
 * repeated: the next one says it all again.
 */
export async function beatUntilStopped(
  server: Pick<HostServer, "heartbeat">,
  held: HeldCommands,
  upgrade: BeatingUpgrade,
  log: AgentLog,
  stopping: AbortSignal,
): Promise<void> {
  let isFailing = false;
  const retries = new BackOff(HEARTBEAT_RETRY);
  while (!stopping.aborted) {
    let pauseMs: number;
    const { changed } = upgrade;
    try {
      const said = upgrade.said();
      const answer = await server.heartbeat({ heldCommands: held.acknowledgedIds(), ...said }, stopping);
      pauseMs = withinBounds(answer.intervalSeconds) * 1000;
      if (answer.isUpgradeHeard) upgrade.heard(said.agentUpgrade);
      if (answer.offer) upgrade.offered(answer.offer);
      retries.reset();
      isFailing = false;
    } catch (error) {
      if (stopping.aborted) return;
      pauseMs = retries.next();
      // Once an outage: polling says the rest.
      if (!isFailing) log.warn("a heartbeat was not answered", { problem: describeFailure(error) });
      isFailing = true;
    }
    await pause(pauseMs, AbortSignal.any([stopping, changed]));
  }
}

/** The server counts this host as dark at once, instead of after its grace. */
export async function sayGoodbye(
  server: Pick<HostServer, "heartbeat">,
  held: HeldCommands,
  upgrade: Pick<AgentUpgrade, "said">,
  log: AgentLog,
): Promise<void> {
  try {
    await server.heartbeat(
      { heldCommands: held.acknowledgedIds(), ...upgrade.said(), goodbye: true },
      AbortSignal.timeout(MAX_GOODBYE_MILLISECONDS),
    );
  } catch (error) {
    log.warn("the server did not answer the goodbye", { problem: describeFailure(error) });
  }
}

function withinBounds(seconds: number): number {
  if (!Number.isFinite(seconds)) return HEARTBEAT_DEFAULT_SECONDS;
  return Math.min(Math.max(seconds, MIN_HEARTBEAT_SECONDS), MAX_HEARTBEAT_SECONDS);
}
