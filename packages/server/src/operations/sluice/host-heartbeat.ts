import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { HostHeartbeatInput, HostHeartbeatOutput } from "@sluice/wire/sluice/operations.ts";
import { HEARTBEAT_INTERVAL_SECONDS } from "../../hosts/liveness.ts";
import type { Operation } from "../operation.ts";
import { type SluiceContext, speakingHost } from "./sluice-context.ts";

/** A sign of life, and the list of what the host is doing: an acknowledged command that it no longer lists is lost. */
export const hostHeartbeat: Operation<HostHeartbeatInput, HostHeartbeatOutput, SluiceContext> = async (
  input,
  context,
) => {
  const host = await speakingHost(input.hostIdentifier, context);
  // An absent list must not read as an empty one: that would fail what the host is doing.
  if (!input.heldCommands) {
    throw new CallerFault("ValidationException", "heldCommands is missing: list the commands that the host holds.");
  }
  context.liveness.seen(host.host_id, context.now(), "sluice", input.agentVersion ?? null);
  if (input.goodbye) context.liveness.goodbye(host.host_id, context.now());
  await context.runner.heartbeat(host.host_id, input.heldCommands);
  if (input.goodbye) await context.runner.hostLeft(host.host_id);
  return { intervalSeconds: HEARTBEAT_INTERVAL_SECONDS };
};
