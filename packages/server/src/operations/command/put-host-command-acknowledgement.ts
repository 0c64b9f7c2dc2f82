import type { CommandStatusOutput, PutHostCommandAcknowledgementInput } from "@sluice/wire/command/command-api.ts";
import type { Operation } from "../operation.ts";
import { type CommandContext, reportedCommand } from "./command-context.ts";

/** InProgress tells the agent to run the command; anything else to skip it. */
export const putHostCommandAcknowledgement: Operation<
  PutHostCommandAcknowledgementInput,
  CommandStatusOutput,
  CommandContext
> = async (input, context) => {
  const { deploymentId, targetId, event, attempt, offer } = reportedCommand(input.HostCommandIdentifier, context);
  const report = { type: "acknowledged", event, by: "agent", attempt, offer } as const;
  const { answer } = await context.runner.report({ deploymentId, targetId, report });
  return { CommandStatus: answer };
};
