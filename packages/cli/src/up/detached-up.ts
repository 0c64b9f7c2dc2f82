import { spawn } from "node:child_process";
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "@sluice/wire/config/make-directory.ts";
import { ownProgram } from "@sluice/wire/program/own-program.ts";
import { CommandFailed } from "../command-failed.ts";
import { ended, signal } from "../process/child-process.ts";
import { untilReady } from "./running-up.ts";
import type { UpRecord } from "./up-record.ts";

const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;
const SIGNAL_BASE = 128;
/** As much as a start writes at the least. */
const TRIED_WRITE_BYTES = 8 * 1024;
const INTERRUPTIONS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

export function logFileOf(dataDirectory: string): string {
  return join(dataDirectory, "up.log");
}

/**
 * Starts `sluice up` in a session of its own, which no terminal ends, and returns when it is ready.
 * @param args of `sluice up`, with an absolute `--data`
 * @throws CommandFailed with what it said, when it ends before
 */
export async function startDetached(dataDirectory: string, args: readonly string[]): Promise<UpRecord> {
  makeDirectory(dataDirectory, PRIVATE_DIRECTORY);
  const logFile = logFileOf(dataDirectory);
  keepOneBefore(logFile);
  const log = openSync(logFile, "a", PRIVATE_FILE);
  const child = spawn(ownProgram().file, ["up", ...args], { stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  const end = ended(child);
  let status: number | NodeJS.Signals | undefined;
  void end.then(
    (value) => {
      status = value;
    },
    () => {
      status = 1;
    },
  );
  // Until it is ready it is part of this command, which may be interrupted.
  let interruption: keyof typeof INTERRUPTIONS | undefined;
  const listeners = (Object.keys(INTERRUPTIONS) as (keyof typeof INTERRUPTIONS)[]).map((name) => {
    const listener = (): void => {
      interruption ??= name;
      if (child.pid !== undefined && status === undefined) signal(child.pid, "SIGTERM");
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  try {
    const record = await untilReady(dataDirectory, () => status !== undefined);
    if (interruption !== undefined) {
      await end;
      throw new CommandFailed("interrupted before it was ready; nothing is running", {
        exitStatus: SIGNAL_BASE + INTERRUPTIONS[interruption],
      });
    }
    if (record === undefined) {
      const said = readFileSync(logFile, "utf8")
        .trim()
        .replace(/^sluice: /gm, "");
      throw new CommandFailed(said || whySilent(logFile, status), {
        exitStatus: typeof status === "number" && status !== 0 ? status : 1,
      });
    }
    child.unref();
    return record;
  } finally {
    for (const off of listeners) off();
  }
}

/**
 * Why nothing is in the log of a run that has ended.
 * @throws the system's error when nothing can be written to it, as on a full disk
 */
export function whySilent(logFile: string, status: number | NodeJS.Signals | undefined): string {
  const log = openSync(logFile, "a");
  try {
    writeSync(log, Buffer.alloc(TRIED_WRITE_BYTES));
    if (fstatSync(log).isFile()) ftruncateSync(log);
  } finally {
    closeSync(log);
  }
  return `sluice up exited (${status}) without a message. To see what it does, start it without --detach`;
}

/** The log of the run before is kept as `up.log.1`; the new run begins its own. */
function keepOneBefore(logFile: string): void {
  try {
    const file = openSync(logFile, "r");
    const { size } = fstatSync(file);
    closeSync(file);
    if (size > 0) renameSync(logFile, `${logFile}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
