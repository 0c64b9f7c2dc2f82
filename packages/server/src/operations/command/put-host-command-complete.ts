import { CallerFault } from "@sluice/model/caller-fault.ts";
import {
  AGENT_ERROR_CODES,
  type AgentDiagnostics,
  type Diagnostics,
  errorCodeFromAgent,
  MAX_LOG_TAIL_CHARACTERS,
} from "@sluice/model/diagnostics.ts";
import { excerpt, truncate } from "@sluice/model/excerpt.ts";
import { formatHostCommandIdentifier } from "@sluice/model/host-command.ts";
import { MAX_COMPLETION_MESSAGE_CHARACTERS, MAX_SCRIPT_NAME_CHARACTERS } from "@sluice/model/limits.ts";
import type {
  Envelope,
  PutHostCommandCompleteInput,
  PutHostCommandCompleteOutput,
} from "@sluice/wire/command/command-api.ts";
import { toStorable } from "@sluice/wire/json/storable-text.ts";
import type { Operation } from "../operation.ts";
import { type CommandContext, reportedCommand } from "./command-context.ts";
import { executionIdOf } from "./deployment-execution-id.ts";

/** The first completion of a command counts; the agents repeat failures, and those are accepted and change nothing. */
export const putHostCommandComplete: Operation<
  PutHostCommandCompleteInput,
  PutHostCommandCompleteOutput,
  CommandContext
> = async (input, context) => {
  const { deploymentId, targetId, event, attempt, offer } = reportedCommand(input.HostCommandIdentifier, context);
  if (input.CommandStatus !== "Succeeded" && input.CommandStatus !== "Failed") {
    throw new CallerFault(
      "ClientException",
      `CommandStatus is '${excerpt(input.CommandStatus ?? "")}'; a completion says Succeeded or Failed.`,
    );
  }
  const agent = readDiagnostics(input.Diagnostics);
  // Both have to say so: a status beside an error code would hide a failure.
  const succeeded = input.CommandStatus === "Succeeded" && (agent?.error_code ?? 0) === AGENT_ERROR_CODES.success;
  const report = {
    type: "completed",
    event,
    by: "agent",
    attempt,
    succeeded,
    diagnostics: describe(agent, succeeded),
    takesNextBy: input.TakesNextCommand ? offer : undefined,
  } as const;
  const { next } = await context.runner.report({ deploymentId, targetId, report });
  if (next === undefined) return {};
  return {
    NextCommand: {
      HostCommandIdentifier: formatHostCommandIdentifier({ deploymentId, ...next, offer, targetId }),
      DeploymentExecutionId: executionIdOf(deploymentId, context),
      CommandName: next.event,
    },
  };
};

function describe(agent: AgentDiagnostics | null, succeeded: boolean): Diagnostics {
  if (succeeded) {
    return {
      errorCode: "Success",
      scriptName: agent?.script_name ?? "",
      message: "Succeeded",
      logTail: tail(agent?.log),
    };
  }
  const errorCode = errorCodeFromAgent(agent?.error_code ?? AGENT_ERROR_CODES.unknownError);
  return {
    errorCode: errorCode === "Success" ? "UnknownError" : errorCode,
    scriptName: agent?.script_name ?? "",
    message: agent?.message ?? "The agent reported no reason.",
    logTail: tail(agent?.log),
  };
}

/** Cut rather than refused: how an event ended must not be lost because a program wrote too much. */
function storable(value: unknown, maxCharacters: number): string {
  return typeof value === "string" ? toStorable(truncate(value, maxCharacters)) : "";
}

function tail(log: string | undefined): string {
  // The cut may halve a surrogate pair.
  return toStorable((log ?? "").slice(-MAX_LOG_TAIL_CHARACTERS));
}

/** Null when there is nothing to read: what an agent says of a failure must not make the failure disappear. */
function readDiagnostics(envelope: Envelope | undefined): AgentDiagnostics | null {
  if (!envelope?.Payload) return null;
  let payload: unknown;
  try {
    payload = JSON.parse(envelope.Payload);
  } catch {
    const message = storable(envelope.Payload, MAX_COMPLETION_MESSAGE_CHARACTERS);
    return { error_code: AGENT_ERROR_CODES.unknownError, script_name: "", message, log: "" };
  }
  if (typeof payload !== "object" || payload === null) return null;
  const { error_code, script_name, message, log } = payload as Record<string, unknown>;
  return {
    error_code: typeof error_code === "number" ? error_code : AGENT_ERROR_CODES.unknownError,
    // The payload is JSON in a string: its own escapes were opened only here.
    script_name: storable(script_name, MAX_SCRIPT_NAME_CHARACTERS),
    message: storable(message, MAX_COMPLETION_MESSAGE_CHARACTERS),
    log: typeof log === "string" ? log : "",
  };
}
