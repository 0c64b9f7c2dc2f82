import type { CommandOperations } from "@sluice/wire/command/command-api.ts";
import type { Operation } from "../operation.ts";
import type { CommandContext } from "./command-context.ts";
import { getDeploymentSpecification } from "./get-deployment-specification.ts";
import { pollHostCommand } from "./poll-host-command.ts";
import { postHostCommandUpdate } from "./post-host-command-update.ts";
import { putHostCommandAcknowledgement } from "./put-host-command-acknowledgement.ts";
import { putHostCommandComplete } from "./put-host-command-complete.ts";

export const COMMAND_HANDLERS: {
  readonly [Name in keyof CommandOperations]: Operation<
    CommandOperations[Name]["input"],
    CommandOperations[Name]["output"],
    CommandContext
  >;
} = {
  PollHostCommand: pollHostCommand,
  GetDeploymentSpecification: getDeploymentSpecification,
  PutHostCommandAcknowledgement: putHostCommandAcknowledgement,
  PostHostCommandUpdate: postHostCommandUpdate,
  PutHostCommandComplete: putHostCommandComplete,
};
