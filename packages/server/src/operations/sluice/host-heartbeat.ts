import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt, truncate } from "@sluice/model/excerpt.ts";
import {
  MAX_AGENT_VERSION_CHARACTERS,
  MAX_HELD_COMMANDS,
  MAX_HOST_COMMAND_IDENTIFIER_CHARACTERS,
} from "@sluice/model/limits.ts";
import type { SignedAgentOffer } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import type { HostHeartbeatInput, HostHeartbeatOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { authorize } from "../../access/authorize.ts";
import { HEARTBEAT_INTERVAL_SECONDS } from "../../hosts/liveness.ts";
import { OWN_IDENTIFIER } from "../../hosts/own-heartbeat.ts";
import { OutOfPatience, withinPatience } from "../../loops/patience.ts";
import { DatabaseAwayError } from "../../store/database-away.ts";
import { findLivingHostByIdentifier } from "../../store/hosts.ts";
import type { Operation } from "../operation.ts";
import { type SluiceContext, speakingHost } from "./sluice-context.ts";

/** How long a heartbeat waits for the database at most: it is answered well before its host asks again. */
const STORE_PATIENCE_MILLISECONDS = 1_500;

/**
 * A sign of life, and the list of what the host is doing: an acknowledged command that it no longer lists is lost. The host was heard
 * when its signature was proved; while the database is away the list is not looked at, and the heartbeat is answered all the same.
 */
export const hostHeartbeat: Operation<HostHeartbeatInput, HostHeartbeatOutput, SluiceContext> = async (
  input,
  context,
) => {
  const { principal, runner, store, now } = context;
  // An absent list must not read as an empty one: that would fail what the host is doing.
  if (!input.heldCommands) {
    throw new CallerFault("ValidationException", "heldCommands is missing: list the commands that the host holds.");
  }
  requireBounded(input.heldCommands);
  requireWholeReport(input.agentUpgrade);
  const answer = { intervalSeconds: HEARTBEAT_INTERVAL_SECONDS };
  // The server's own proves that a host's would come so far: the same look at the same tables, and no way around a database that is away.
  if (authorize(principal, "sluice:ProveHearing", undefined) === "allowed") {
    await findLivingHostByIdentifier(store.db, input.hostIdentifier);
    await runner.heartbeat(OWN_IDENTIFIER, [], now());
    return answer;
  }
  try {
    const agentOffer = await withinPatience(takeHeartbeat(input, context, now()), STORE_PATIENCE_MILLISECONDS);
    return {
      ...answer,
      ...(agentOffer && { agentOffer }),
      // Whoever is answered without it says it again.
      ...(input.agentUpgrade && { isAgentUpgradeHeard: true }),
    };
  } catch (error) {
    const isTheDatabases = error instanceof OutOfPatience || error instanceof DatabaseAwayError;
    if (!isTheDatabases || principal.hostId === null) throw error;
  }
  return answer;
};

/** Answers the program that the host is offered. */
async function takeHeartbeat(
  input: HostHeartbeatInput,
  context: SluiceContext,
  receivedAt: number,
): Promise<SignedAgentOffer | undefined> {
  const { liveness, runner, agentUpgrades } = context;
  const host = await speakingHost(input.hostIdentifier, context);
  const { host_id: hostId } = host;
  const agentVersion = input.agentVersion ? truncate(input.agentVersion, MAX_AGENT_VERSION_CHARACTERS) : null;
  liveness.seen(hostId, receivedAt, "sluice", agentVersion);
  liveness.correctsClock(hostId, input.clockOffsetSeconds ?? 0, receivedAt);
  if (input.goodbye) liveness.goodbye(hostId, receivedAt);
  await runner.heartbeat(hostId, input.heldCommands, receivedAt);
  if (input.goodbye) await runner.hostLeft(hostId);
  const { agentPlatform: saidPlatform, agentUpgradeObstacle: saidObstacle } = input;
  return agentUpgrades.heard({ ...host, saidVersion: agentVersion, saidPlatform, saidObstacle }, input.agentUpgrade);
}

/** What it says of its upgrade names one, and how far it is: anything else of it may be absent. */
function requireWholeReport(report: HostHeartbeatInput["agentUpgrade"]): void {
  const missing = report && (["version", "state"] as const).find((name) => !report[name]);
  if (!missing) return;
  throw new CallerFault(
    "ValidationException",
    `agentUpgrade.${missing} is missing: give the version that the agent was offered, and how far its upgrade is.`,
  );
}

/** Refused rather than cut: a list without a command that the host holds would fail it. */
function requireBounded(heldCommands: readonly string[]): void {
  if (heldCommands.length > MAX_HELD_COMMANDS) {
    throw new CallerFault(
      "ValidationException",
      `heldCommands has ${heldCommands.length} entries: list at most ${MAX_HELD_COMMANDS}.`,
    );
  }
  const tooLong = heldCommands.find((command) => command.length > MAX_HOST_COMMAND_IDENTIFIER_CHARACTERS);
  if (tooLong === undefined) return;
  throw new CallerFault(
    "ValidationException",
    `heldCommands holds "${excerpt(tooLong)}": an identifier has at most ${MAX_HOST_COMMAND_IDENTIFIER_CHARACTERS} characters.`,
  );
}
