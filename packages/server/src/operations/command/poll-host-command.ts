import type { PollHostCommandInput, PollHostCommandOutput } from "@sluice/wire/command/command-api.ts";
import type { Operation } from "../operation.ts";
import { type CommandContext, callingHost } from "./command-context.ts";
import { executionIdOf } from "./deployment-execution-id.ts";

/** Long poll: answered the moment the host has something to do, or without a command after the hold time. */
export const pollHostCommand: Operation<PollHostCommandInput, PollHostCommandOutput, CommandContext> = async (
  input,
  context,
) => {
  const { runner, liveness, now, signal, agent, agentVersion, onUndelivered } = context;
  const host = await callingHost(input.HostIdentifier, context);
  liveness.seen(host.hostId, now(), agent, agentVersion);
  const command = await runner.poll(host.hostId, signal);
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
