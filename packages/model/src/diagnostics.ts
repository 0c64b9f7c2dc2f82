/** What an event's run left behind, as GetDeploymentTarget returns it. `logTail` is at most {@link MAX_LOG_TAIL_CHARACTERS}. */
export interface Diagnostics {
  readonly errorCode: LifecycleErrorCode;
  readonly scriptName: string;
  readonly message: string;
  readonly logTail: string;
}

export const LIFECYCLE_ERROR_CODES = [
  "Success",
  "ScriptMissing",
  "ScriptNotExecutable",
  "ScriptTimedOut",
  "ScriptFailed",
  "UnknownError",
] as const;
export type LifecycleErrorCode = (typeof LIFECYCLE_ERROR_CODES)[number];

/**
 * The numbers that agents report in `PutHostCommandComplete` diagnostics (`{error_code, script_name, message, log}`,
 * `reference agent: lib/instance_agent/plugins/codedeploy`).
 */
export const AGENT_ERROR_CODES = {
  success: 0,
  scriptMissing: 1,
  scriptNotExecutable: 2,
  scriptTimedOut: 3,
  scriptFailed: 4,
  unknownError: 5,
  outputsLeftOpen: 6,
  failedAfterRestart: 7,
} as const;
export type AgentErrorCode = (typeof AGENT_ERROR_CODES)[keyof typeof AGENT_ERROR_CODES];

/** The payload of an agent's diagnostics, in the agent's own spelling. */
export interface AgentDiagnostics {
  readonly error_code: number;
  readonly script_name: string;
  readonly message: string;
  readonly log: string;
}

/** The API's LogTail (codedeploy-api.json). */
export const MAX_LOG_TAIL_CHARACTERS = 4096;
/** What an agent sends of a script's output, by whole lines. */
export const MAX_AGENT_LOG_CHARACTERS = 2048;
/** What an agent sends of diagnostics in all. */
export const MAX_AGENT_DIAGNOSTICS_CHARACTERS = 8192;

/** The reference agent's message for a command that it held when it died. */
export const AGENT_RESTART_MESSAGE = "Failing in-progress lifecycle event after an agent restart.";

const CODE_BY_NUMBER: readonly LifecycleErrorCode[] = [
  "Success",
  "ScriptMissing",
  "ScriptNotExecutable",
  "ScriptTimedOut",
  "ScriptFailed",
  "UnknownError",
  "UnknownError",
  "UnknownError",
];

export function errorCodeFromAgent(errorCode: number): LifecycleErrorCode {
  return CODE_BY_NUMBER[errorCode] ?? "UnknownError";
}
