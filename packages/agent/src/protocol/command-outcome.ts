import {
  AGENT_ERROR_CODES,
  AGENT_RESTART_MESSAGE,
  type AgentDiagnostics,
  MAX_AGENT_DIAGNOSTICS_CHARACTERS,
} from "@sluice/model/diagnostics.ts";
import type { PutHostCommandCompleteInput } from "@sluice/wire/command/command-api.ts";
import type { CommandOutcome } from "../host/lifecycle-command.ts";
import { describeFailure } from "../process/agent-log.ts";
import type { GroupEnding } from "../process/process-group.ts";
import { asJson } from "./connect-to-server.ts";

/** Answered to a no-op whose acknowledgement was answered Failed (reference agent, `command_poller.rb`). */
export const NOOP_COMPLETED: CommandOutcome = {
  errorCode: AGENT_ERROR_CODES.success,
  scriptName: "",
  message: "Succeeded: CompletedNoopCommand",
  log: "",
};

export function failedByAgent(error: unknown): CommandOutcome {
  return { errorCode: AGENT_ERROR_CODES.unknownError, scriptName: "", message: describeFailure(error), log: "" };
}

/** What is said of a command that an earlier agent process held when it died. */
export function failedAfterRestart(ending: GroupEnding): CommandOutcome {
  const ended = {
    gone: "",
    terminated: " Its script was still running and was stopped with SIGTERM.",
    killed: " Its script was still running, did not end on SIGTERM, and was killed.",
  }[ending];
  const message = `${AGENT_RESTART_MESSAGE}${ended}`;
  return { errorCode: AGENT_ERROR_CODES.failedAfterRestart, scriptName: "", message, log: "" };
}

/** The request that reports an outcome, within the API's 8,192 characters: the log gives way first, then the message's end. */
export function completionOf(commandId: string, outcome: CommandOutcome): PutHostCommandCompleteInput {
  const status = outcome.errorCode === AGENT_ERROR_CODES.success ? "Succeeded" : "Failed";
  return { HostCommandIdentifier: commandId, CommandStatus: status, Diagnostics: asJson(withinLimit(outcome)) };
}

function withinLimit(outcome: CommandOutcome): AgentDiagnostics {
  const { errorCode: error_code, scriptName: script_name, message, log } = outcome;
  const whole = { error_code, script_name, message, log };
  if (JSON.stringify(whole).length <= MAX_AGENT_DIAGNOSTICS_CHARACTERS) return whole;
  const withoutLog = { ...whole, log: "" };
  const excess = JSON.stringify(withoutLog).length - MAX_AGENT_DIAGNOSTICS_CHARACTERS;
  if (excess <= 0) return withoutLog;
  // An escaped character takes up to six; cutting by the excess in whole characters is always enough for the plain ones.
  let cut = message.slice(0, Math.max(0, message.length - excess));
  while (JSON.stringify({ ...withoutLog, message: cut }).length > MAX_AGENT_DIAGNOSTICS_CHARACTERS && cut !== "") {
    cut = cut.slice(0, Math.floor(cut.length * 0.9));
  }
  return { ...withoutLog, script_name: script_name.slice(0, MAX_SCRIPT_NAME_CHARACTERS), message: cut };
}

const MAX_SCRIPT_NAME_CHARACTERS = 512;
