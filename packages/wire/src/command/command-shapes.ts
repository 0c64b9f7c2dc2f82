import { boolean, integer, outputText, string, structure, type TableFor, timestamp } from "../shapes/shape.ts";
import type { CommandOperations } from "./command-api.ts";

const envelope = structure({ Format: string, Payload: outputText }, ["Format", "Payload"]);

const hostCommand = structure(
  {
    HostCommandIdentifier: string,
    HostIdentifier: string,
    DeploymentExecutionId: string,
    CommandName: string,
    Nonce: integer,
  },
  ["HostCommandIdentifier", "HostIdentifier", "DeploymentExecutionId", "CommandName"],
);

const commandStatusOutput = structure({ CommandStatus: string }, ["CommandStatus"]);

/** CodeDeployCommand on the wire; the compiler holds it to `command-api.ts`. */
export const COMMAND_TABLE = {
  PollHostCommand: {
    input: structure({ HostIdentifier: string, WaitSeconds: integer }, ["HostIdentifier"]),
    output: structure({ HostCommand: hostCommand }),
  },
  GetDeploymentSpecification: {
    input: structure({ DeploymentExecutionId: string, HostIdentifier: string }, [
      "DeploymentExecutionId",
      "HostIdentifier",
    ]),
    output: structure(
      {
        DeploymentSystem: string,
        DeploymentSpecification: structure({ GenericEnvelope: envelope }, ["GenericEnvelope"]),
        BundleUrl: string,
      },
      ["DeploymentSystem", "DeploymentSpecification"],
    ),
  },
  PutHostCommandAcknowledgement: {
    input: structure({ HostCommandIdentifier: string, Diagnostics: envelope }, ["HostCommandIdentifier"]),
    output: commandStatusOutput,
  },
  PostHostCommandUpdate: {
    input: structure({ HostCommandIdentifier: string, EstimatedCompletionTime: timestamp, Diagnostics: envelope }, [
      "HostCommandIdentifier",
    ]),
    output: commandStatusOutput,
  },
  PutHostCommandComplete: {
    input: structure(
      { HostCommandIdentifier: string, CommandStatus: string, Diagnostics: envelope, TakesNextCommand: boolean },
      ["HostCommandIdentifier", "CommandStatus"],
    ),
    output: structure({
      NextCommand: structure({ HostCommandIdentifier: string, DeploymentExecutionId: string, CommandName: string }, [
        "HostCommandIdentifier",
        "DeploymentExecutionId",
        "CommandName",
      ]),
    }),
  },
} satisfies TableFor<CommandOperations>;
