import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { removeLeft } from "@sluice/drivers/function-processes/machine.ts";
import { forkedAws } from "./aws-cli-forks.fixture.ts";

/** The launcher, as a user runs it. */
export const SLUICE = resolve(import.meta.dirname, "../../bin/sluice");

const run = promisify(execFile);
/** Long enough for any program of these tests; what takes longer hangs. */
const PROGRAM_TIMEOUT_MILLISECONDS = 120_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface ProgramResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FollowedProgram {
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly kill: () => void;
}

/** Runs a program to its end, whatever that is. */
export async function runProgram(
  file: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
  directory: string = process.cwd(),
): Promise<ProgramResult> {
  const options = {
    cwd: directory,
    env: environment,
    timeout: PROGRAM_TIMEOUT_MILLISECONDS,
    maxBuffer: MAX_OUTPUT_BYTES,
  };
  try {
    const { stdout, stderr } = await run(file, args, options);
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    const failure = error as { code?: number | string; stdout?: string; stderr?: string; message: string };
    if (typeof failure.code !== "number") throw error;
    return { exitCode: failure.code, stdout: failure.stdout ?? "", stderr: failure.stderr ?? "" };
  }
}

/** A `sluice server` process over a folder of its own. It can be killed and started again on the same port. */
export interface SluiceServer {
  readonly data: string;
  readonly url: () => string;
  /** Of the current process. */
  readonly pid: () => number;
  /** The environment that `sluice env` prints, over the tests' own, without any other AWS setting. */
  readonly environment: () => Promise<NodeJS.ProcessEnv>;
  /** `sluice ARGS --data DATA`; rejects on a non-zero exit, with what it said. */
  readonly sluice: (...args: readonly string[]) => Promise<string>;
  /** The same, with its exit code instead of a rejection. */
  readonly run: (...args: readonly string[]) => Promise<ProgramResult>;
  /** The same as a process that goes on, with what it has written so far. */
  readonly follow: (...args: readonly string[]) => FollowedProgram;
  /** `aws ARGS`, with the environment of `sluice env` and nothing else; rejects on a non-zero exit. See {@link runAws}. */
  readonly aws: (...args: readonly string[]) => Promise<string>;
  /** SIGKILL, no farewell. */
  readonly kill: () => Promise<void>;
  /** SIGTERM, and its data stays: `start` goes on with it. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** SIGSTOP and SIGCONT: it stands still, and goes on. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly close: () => Promise<void>;
  /** What the current process wrote on stderr so far. */
  readonly log: () => string;
}

export interface SluiceServerOptions {
  readonly databaseUrl?: string | undefined;
  /** A data directory that is there already, and the port under which its agents know it; new ones when absent. */
  readonly known?: { readonly data: string; readonly port: number } | undefined;
  readonly args?: readonly string[];
  /** Of the server's process, over the tests' own. */
  readonly environment?: NodeJS.ProcessEnv;
  /** What runs the launcher: `["unshare", "--pid"]`. */
  readonly inside?: readonly string[];
}

export async function startSluiceServer(options: SluiceServerOptions = {}): Promise<SluiceServer> {
  const data = options.known?.data ?? mkdtempSync(join(tmpdir(), "sluice-e2e-server-"));
  let child: ChildProcess | undefined;
  let url = "";
  let port = options.known?.port ?? 0;
  let log = "";

  const start = async () => {
    const database = options.databaseUrl ? ["--database", options.databaseUrl] : [];
    const args = ["server", "--data", data, "--listen", `127.0.0.1:${port}`, ...database, ...(options.args ?? [])];
    const env = { ...cleanEnvironment(), ...options.environment };
    const [program = SLUICE, ...before] = [...(options.inside ?? []), SLUICE];
    const started = spawn(program, [...before, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
    child = started;
    log = "";
    started.stderr.on("data", (chunk: Buffer) => {
      log += chunk.toString();
    });
    url = await new Promise<string>((resolveUrl, reject) => {
      createInterface(started.stdout).on("line", (line) => {
        const found = /https?:\/\/\S+/.exec(line)?.[0];
        if (found) resolveUrl(found);
      });
      started.once("exit", (code) => reject(new Error(`sluice server exited with ${code}: ${log}`)));
    });
    port = Number(new URL(url).port);
  };
  const end = async (signal: NodeJS.Signals) => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise((resolveEnd) => ending.once("exit", resolveEnd));
    ending.kill(signal);
    await ended;
  };
  const environment = async () => {
    const { stdout } = await runProgram(SLUICE, ["env", "--data", data], cleanEnvironment());
    const exported = [...stdout.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [
      name,
      (value ?? "").replace(/^(['"])(.*)\1$/, "$2"),
    ]);
    return { ...cleanEnvironment(), ...Object.fromEntries(exported) } as NodeJS.ProcessEnv;
  };
  await start();
  let known: Promise<NodeJS.ProcessEnv> | undefined;
  const exported = () => {
    known ??= environment();
    return known;
  };
  return {
    data,
    url: () => url,
    pid: () => child?.pid ?? 0,
    environment: exported,
    sluice: (...args) => succeed(SLUICE, [...args, "--data", data], cleanEnvironment()),
    run: (...args) => runProgram(SLUICE, [...args, "--data", data], cleanEnvironment()),
    follow: (...args) => follow([...args, "--data", data]),
    aws: async (...args) => outputOf("aws", args, await runAws(args, { ...(await exported()), AWS_PAGER: "" })),
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    start,
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    async close() {
      await end("SIGTERM");
      // Of functions, where it was killed last.
      await removeLeft(join(data, "functions/runner"));
      rmSync(data, { recursive: true, force: true });
    },
    log: () => log,
  };
}

function follow(args: readonly string[]): FollowedProgram {
  const child = spawn(SLUICE, args, { stdio: ["ignore", "pipe", "pipe"], env: cleanEnvironment() });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<number | null>((resolveEnd) => child.once("close", resolveEnd));
  return { stdout: () => stdout, stderr: () => stderr, ended, kill: () => child.kill("SIGKILL") };
}

async function succeed(file: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  return outputOf(file, args, await runProgram(file, args, environment));
}

/** `aws ARGS`, in a folder, with nothing on its standard input. */
export async function runAws(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  directory: string = process.cwd(),
): Promise<ProgramResult> {
  return (await forkedAws(args, environment, directory)) ?? runProgram("aws", args, environment, directory);
}

/** What it printed; throws where it failed, with what it said. */
export function outputOf(file: string, args: readonly string[], { exitCode, stdout, stderr }: ProgramResult): string {
  if (exitCode !== 0) throw new Error(`${file} ${args.join(" ")} exited with ${exitCode}: ${stderr || stdout}`);
  return stdout;
}

/** Ours less every AWS and Sluice setting, so that no ambient profile can answer for the one under test. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|SLUICE)_/.test(name)));
}
