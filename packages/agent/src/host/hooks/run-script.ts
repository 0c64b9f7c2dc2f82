import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, statSync } from "node:fs";
import { constants as osConstants } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { HookScript } from "@sluice/model/app-spec/app-spec.ts";
import { checkScriptValues } from "@sluice/model/app-spec/install-values.ts";
import { AGENT_ERROR_CODES, type AgentErrorCode } from "@sluice/model/diagnostics.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { endProcessGroup } from "../../process/process-group.ts";
import { nextScriptMark } from "../../process/script-mark.ts";
import { leadsOutside } from "../archive/inside-archive.ts";
import { EventFailure, errorCodeOf } from "../event-failure.ts";
import type { HostTiming } from "../host-config.ts";
import { closedToUser } from "./closed-to-user.ts";
import type { EventLog } from "./event-log.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { OutputPipe, OutputPipes } from "./output-pipes.ts";
import type { OutputStream } from "./output-stream.ts";
import { type ScriptCommand, scriptCommand } from "./script-command.ts";
import { type OutputMask, StreamMask } from "./secret-mask.ts";

export interface ScriptContext {
  readonly archiveDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: EventLog;
  /** Of what leaves this host. */
  readonly mask: OutputMask;
  readonly output: OutputStream;
  readonly pipes: OutputPipes;
  readonly timing: HostTiming;
  readonly strictScripts: boolean;
  readonly signal: AbortSignal;
}

/** The longest that a timer of Node's can wait. */
const MAX_TIMER_MILLISECONDS = 2 ** 31 - 1;
/** A file that another thread was still writing while this process forked is briefly "busy". */
const BUSY_RETRIES = 5;
const BUSY_RETRY_MILLISECONDS = 20;
/** On a host that is short of time a flood may have left as many pieces as a pipe and its reader hold. */
const LAST_TURNS = 16;
const SIGNALLED_EXIT_BASE = 128;

/**
 * Runs one script to its end.
 * @throws EventFailure with the reference agent's code and words when it does not succeed, AppSpecError for one that no host can look for
 */
export async function runScript(script: HookScript, context: ScriptContext): Promise<void> {
  checkScriptValues(script);
  const path = join(context.archiveDirectory, script.location);
  ensureRunnable(script, path, context);
  const command = await scriptCommand(script, path);
  context.log.append([`Script - ${script.location}`]);
  const stdout = await context.pipes.open();
  try {
    const stderr = await context.pipes.open();
    const collectors = [collect(stdout, "stdout", script, context), collect(stderr, "stderr", script, context)];
    try {
      await runCommand(script, command, [stdout, stderr], context);
    } finally {
      for (const finish of collectors) finish();
      stderr.release();
    }
  } finally {
    stdout.release();
  }
}

async function runCommand(
  script: HookScript,
  command: ScriptCommand,
  outputs: readonly [OutputPipe, OutputPipe],
  context: ScriptContext,
): Promise<void> {
  const { timing, signal } = context;
  signal.throwIfAborted();
  const child = await start(script, command, outputs, context);
  for (const output of outputs) output.closeWriteEnd();

  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const cutOff = await cutOffOf(exited, script.timeoutSeconds, signal);
  if (cutOff !== "exited") {
    await endProcessGroup(child.pid!, timing.scriptKillGrace);
    await settledWithin(exited, timing.outputCloseGrace);
  }
  const closed = Promise.all(outputs.map((output) => output.ended));
  const haveClosed =
    (await settledWithin(closed, timing.outputCloseGrace)) || (await settledInTurns(closed, LAST_TURNS));
  if (cutOff === "timedOut") {
    throw scriptFailure(script, AGENT_ERROR_CODES.scriptTimedOut, timedOutMessage(script));
  }
  if (cutOff === "aborted") {
    const message = `${failurePrefix(script)} was stopped because the agent is stopping.`;
    throw scriptFailure(script, AGENT_ERROR_CODES.unknownError, message);
  }
  if (!haveClosed) noteBackgroundChild(script, context);
  await throwUnlessZero(script, child, command, context);
}

function ensureRunnable(
  script: HookScript,
  path: string,
  { archiveDirectory, output, strictScripts }: ScriptContext,
): void {
  const { location } = script;
  if (!existsSync(path)) {
    throw scriptFailure(
      script,
      AGENT_ERROR_CODES.scriptMissing,
      `Script does not exist at specified location: ${path}`,
    );
  }
  checkScriptInside(script, archiveDirectory);
  if (isExecutable(path)) return;
  if (strictScripts) {
    throw scriptFailure(
      script,
      AGENT_ERROR_CODES.scriptNotExecutable,
      `Script at specified location: ${location} is not executable, and agent.json sets strictScripts. ` +
        "Run chmod +x on it before packing the bundle.",
    );
  }
  output.say(`Script at specified location: ${location} is not executable. Trying to make it executable.`, location);
  try {
    chmodSync(path, statSync(path).mode | 0o111);
  } catch {
    throw scriptFailure(
      script,
      AGENT_ERROR_CODES.scriptNotExecutable,
      `Unable to set script at specified location: ${location} as executable`,
    );
  }
}

/** A script that is missing is not outside: that is told when its turn comes. @throws EventFailure */
export function checkScriptInside(script: HookScript, archiveDirectory: string): void {
  if (!leadsOutside(archiveDirectory, join(archiveDirectory, script.location))) return;
  throw scriptFailure(
    script,
    AGENT_ERROR_CODES.scriptFailed,
    `Script at specified location: ${script.location} leads out of the revision, so it was not run. Put the script itself into the bundle, or ` +
      "one that calls it.",
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function start(
  script: HookScript,
  command: ScriptCommand,
  [stdout, stderr]: readonly [OutputPipe, OutputPipe],
  { archiveDirectory, environment }: ScriptContext,
): Promise<ChildProcess> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const child = spawn(command.program, command.argv, {
        cwd: archiveDirectory,
        env: { ...environment, ...command.environment, ...nextScriptMark() },
        // Its own process group, so that a time-out reaches whatever it has started.
        detached: true,
        stdio: ["ignore", stdout.writeEnd, stderr.writeEnd],
      });
      if (child.pid !== undefined) return child;
      throw await new Promise<Error>((resolve) => child.once("error", resolve));
    } catch (error) {
      if (errorCodeOf(error) !== "ETXTBSY" || attempt >= BUSY_RETRIES) throw cannotStart(script, command, error);
      await wait(BUSY_RETRY_MILLISECONDS);
    }
  }
}

type CutOff = "exited" | "timedOut" | "aborted";

async function cutOffOf(exited: Promise<void>, timeoutSeconds: number, signal: AbortSignal): Promise<CutOff> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    return await Promise.race([
      exited.then((): CutOff => "exited"),
      new Promise<CutOff>((resolve) => {
        timer = setTimeout(() => resolve("timedOut"), Math.min(timeoutSeconds * 1000, MAX_TIMER_MILLISECONDS));
        onAbort = () => resolve("aborted");
        signal.addEventListener("abort", onAbort);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    if (onAbort) signal.removeEventListener("abort", onAbort);
  }
}

async function settledWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const isInTime = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return isInTime;
}

async function settledInTurns(promise: Promise<unknown>, turns: number): Promise<boolean> {
  let isSettled = false;
  void promise.then(() => {
    isSettled = true;
  });
  for (let turn = 0; turn < turns && !isSettled; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return isSettled;
}

/**
 * Starts to take in one output; what it returns takes in the rest, and the line that was left unended. Of a flood one piece is taken at a turn of the
 * event loop, so that the agent goes on polling and beating: a piece of line ends becomes a hundred times as much in the logs.
 */
function collect(
  pipe: OutputPipe,
  stream: "stdout" | "stderr",
  script: HookScript,
  context: ScriptContext,
): () => void {
  const { reader } = pipe;
  const splitter = new LineSplitter();
  const mask = new StreamMask(context.mask);
  let isOver = false;
  const take = ({ text, lines }: ReturnType<LineSplitter["push"]>) => {
    // What is left out need not be masked.
    context.output.write({ stream, scriptName: script.location, text: context.output.isFull ? text : mask.push(text) });
    context.log.append(lines.map((line) => `[${stream}]${line}`));
  };
  reader.on("data", (bytes: Buffer) => {
    reader.pause();
    take(splitter.push(bytes));
    setImmediate(() => {
      if (!isOver) reader.resume();
    });
  });
  return () => {
    isOver = true;
    reader.pause();
    // What was read before and waited for its turn. Each of these comes by way of the event above, too.
    while (reader.read() !== null);
    take(splitter.end());
    context.output.write({ stream, scriptName: script.location, text: mask.end() });
  };
}

function noteBackgroundChild(script: HookScript, { log, output }: ScriptContext): void {
  const note =
    `Script at specified location: ${script.location} has ended, but a background process that it started still has its ` +
    "output open. The event continues, and later output of that process is lost. To keep it, redirect the output in the script " +
    "(> FILE 2>&1 < /dev/null &).";
  log.append([`[agent]${note}`]);
  output.say(note, script.location);
}

async function throwUnlessZero(
  script: HookScript,
  child: ChildProcess,
  command: ScriptCommand,
  { archiveDirectory }: ScriptContext,
): Promise<void> {
  if (child.exitCode === 0) return;
  const { signalCode } = child;
  const exitCode = child.exitCode ?? SIGNALLED_EXIT_BASE + (signalCode ? osConstants.signals[signalCode] : 0);
  const killed = signalCode === null ? "" : ` (killed by ${signalCode})`;
  const closed =
    script.runas === null || command.argv.length === 0
      ? undefined
      : await closedToUser(command, {
          path: join(archiveDirectory, script.location),
          archiveDirectory,
          user: script.runas,
        });
  const reason = closed === undefined ? "" : `. The user ${closed}`;
  const message = `${failurePrefix(script)} failed with exit code ${exitCode}${killed}${reason}`;
  throw scriptFailure(script, AGENT_ERROR_CODES.scriptFailed, message, exitCode);
}

function cannotStart(script: HookScript, command: ScriptCommand, error: unknown): EventFailure {
  const code = errorCodeOf(error) ?? "unknown";
  // Without arguments the program is the script itself.
  const isScript = command.argv.length === 0;
  const cure = isScript || code !== "ENOENT" ? (START_CURES[code] ?? "") : `. Install ${command.program} on this host.`;
  const message = `${failurePrefix(script)} failed with error ${code} with message ${reasonOf(error)}${cure}`;
  return new EventFailure(message, {
    errorCode: AGENT_ERROR_CODES.scriptFailed,
    scriptName: script.location,
    cause: error,
  });
}

const START_CURES: Readonly<Record<string, string>> = {
  ENOENT:
    ". The script exists, but the interpreter in its first line does not: install it, or correct the line " +
    "(a file saved with Windows line ends names an interpreter that ends in a carriage return).",
  EACCES:
    ". The agent's user cannot execute the script, its interpreter or a directory above it. Check the modes, and that the file system " +
    "is not mounted noexec.",
};

function timedOutMessage(script: HookScript): string {
  return `Script at specified location: ${script.location} failed to complete in ${script.timeoutSeconds} seconds`;
}

function failurePrefix({ location, runas }: HookScript): string {
  const asUser = runas === null ? "" : ` run as user ${runas}`;
  return `Script at specified location: ${location}${asUser}`;
}

function scriptFailure(
  script: HookScript,
  errorCode: AgentErrorCode,
  message: string,
  exitCode?: number,
): EventFailure {
  return new EventFailure(message, { errorCode, scriptName: script.location, exitCode });
}
