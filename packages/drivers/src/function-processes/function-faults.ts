import { constants } from "node:os";
import type { FunctionFault } from "@sluice/engine/ports/function-runner.ts";

/** As Lambda's: six megabytes and a little. */
export const MAX_FUNCTION_ANSWER_BYTES = 6_291_556;

/** How a process ended. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly wasOutOfMemory: boolean;
}

export function timedOut(milliseconds: number): FunctionFault {
  return {
    errorType: "Sandbox.Timedout",
    errorMessage: `Task timed out after ${(milliseconds / 1000).toFixed(2)} seconds`,
  };
}

export function answerTooLarge(): FunctionFault {
  return {
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_FUNCTION_ANSWER_BYTES} bytes).`,
  };
}

export function answerStreamed(): FunctionFault {
  return {
    errorType: "Runtime.StreamingUnsupported",
    errorMessage: "The function streams its response, which is not supported: return it whole",
  };
}

/** The runtime's process ended before its time. */
export function processEnded({ exitCode, signal, wasOutOfMemory }: ProcessEnd): FunctionFault {
  if (wasOutOfMemory) {
    return { errorType: "Runtime.OutOfMemory", errorMessage: "Error: Runtime exited with error: signal: killed" };
  }
  return { errorType: "Runtime.ExitError", errorMessage: `Error: Runtime exited ${exitWords(exitCode, signal)}` };
}

/** The environment was ended while a call was under way, as by a server that stops: no failure of the function's. */
export function brokenOff(): FunctionFault {
  return { errorType: "Sandbox.Stopped", errorMessage: "Sluice has ended the function's process before it answered" };
}

/** With the request that it ended, as Lambda tells it. */
export function ofRequest({ errorType, errorMessage }: FunctionFault, requestId: string): FunctionFault {
  return { errorType, errorMessage: `RequestId: ${requestId} ${errorMessage}` };
}

function exitWords(exitCode: number | null, signal: string | null): string {
  if (signal !== null) return `with error: signal: ${SIGNAL_WORDS[signal] ?? signal}`;
  return exitCode === 0 ? "without providing a reason" : `with error: exit status ${exitCode}`;
}

/** As Go says them, in which Lambda is written. */
const SIGNAL_WORDS: Readonly<Record<string, string>> = {
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGHUP: "hangup",
  SIGILL: "illegal instruction",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGPIPE: "broken pipe",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGTRAP: "trace/breakpoint trap",
};

const SIGNAL_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name] as const),
);

/** What a shell makes of a signal is 128 and its number; undefined: no signal. */
export function signalOfExitCode(exitCode: number | null): string | undefined {
  return exitCode === null || exitCode <= 128 ? undefined : SIGNAL_NAMES.get(exitCode - 128);
}
