import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { PollHostCommandInput, PollHostCommandOutput } from "@sluice/wire/command/command-api.ts";
import { POLL_HOLD_MILLISECONDS } from "../../agents/command-desk.ts";
import type { Operation } from "../operation.ts";
import { type CommandContext, callingHost } from "./command-context.ts";
import { executionIdOf } from "./deployment-execution-id.ts";

const MAX_HOLD_SECONDS = POLL_HOLD_MILLISECONDS / 1000;

/** Long poll: answered the moment the host has something to do, or without a command after the hold time. */
export const pollHostCommand: Operation<PollHostCommandInput, PollHostCommandOutput, CommandContext> = async (
  input,
  context,
) => {
  const { runner, liveness, now, signal, agent, agentVersion, onUndelivered } = context;
  const holdMilliseconds = readHold(input.WaitSeconds);
  const host = await callingHost(input.HostIdentifier, context);
  liveness.seen(host.hostId, now(), agent, agentVersion);
  const command = await runner.poll(host.hostId, signal, holdMilliseconds);
  if (!command) return {};
  onUndelivered(() => runner.takeBack(command, host.hostId));
  return {
    HostCommand: {
      HostCommandIdentifier: command.hostCommandIdentifier,
      HostIdentifier: host.hostIdentifier,
      DeploymentExecutionId: executionIdOf(command.deploymentId, context),
      CommandName: command.event,
      Nonce: 0,
    },
  };
};

/** Undefined: as long as usual. */
function readHold(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (seconds >= 0 && seconds <= MAX_HOLD_SECONDS) return seconds * 1000;
  throw new CallerFault(
    "ClientException",
    `WaitSeconds is ${seconds}: give 0 to ${MAX_HOLD_SECONDS}, or leave it out.`,
  );
}
