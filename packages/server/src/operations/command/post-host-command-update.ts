import type { CommandStatusOutput, PostHostCommandUpdateInput } from "@sluice/wire/command/command-api.ts";
import type { Operation } from "../operation.ts";
import { type CommandContext, reportedCommand } from "./command-context.ts";

/** A sign of life in mid-event. What it estimates changes nothing: the event's deadline is the server's. */
export const postHostCommandUpdate: Operation<PostHostCommandUpdateInput, CommandStatusOutput, CommandContext> = async (
  input,
  context,
) => {
  const { targetId } = reportedCommand(input.HostCommandIdentifier, context);
  context.liveness.seen(targetId, context.now(), context.agent, context.agentVersion);
  return { CommandStatus: "InProgress" };
};
