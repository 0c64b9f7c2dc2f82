import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { codeDeployClient, sluiceClient } from "@sluice/wire/client/clients.ts";
import { type Connection, connectionTo, resolveConnection } from "@sluice/wire/config/connection.ts";
import type { Release } from "./release.ts";

const run = promisify(execFile);

export interface RunningServer {
  readonly processId: number;
  readonly url: string;
  readonly data: string;
  readonly connection: Connection;
  readonly codeDeploy: ReturnType<typeof codeDeployClient>;
  readonly sluice: ReturnType<typeof sluiceClient>;
  close(): Promise<void>;
}

export async function startServer(
  release: Release,
  folder: string,
  options: readonly string[] = [],
): Promise<RunningServer> {
  const data = join(folder, "server");
  const args = ["server", "--data", data, "--listen", "127.0.0.1:0", ...options];
  const child = spawn(release.launcher, args, { stdio: ["ignore", "pipe", "pipe"], env: environmentOf(release) });
  const log = collect(child);
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const found = /https?:\/\/\S+/.exec(line)?.[0];
      if (found) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`sluice server exited with ${code}: ${log()}`)));
  });
  const connection = resolveConnection({ data });
  const codeDeploy = codeDeployClient(connectionTo(connection, "codedeploy"));
  const sluice = sluiceClient(connectionTo(connection, "sluice"));
  return {
    processId: child.pid!,
    url,
    data,
    connection,
    codeDeploy,
    sluice,
    async close() {
      codeDeploy.close();
      sluice.close();
      await end(child);
    },
  };
}

export interface RunningAgent {
  readonly processId: number;
  readonly log: () => string;
  close(): Promise<void>;
}

export interface AgentOptions {
  readonly name: string;
  readonly token: string;
  /** The host's folder of deployments. */
  readonly data: string;
  /**
   * A folder that the agent and its scripts, and nobody else, sees as `at`: many agents of one machine then install to one path
   * without meeting. Needs root.
   */
  readonly ownFolder?: { readonly at: string; readonly folder: string } | undefined;
}

/** Enrols a host as a person would, and starts its agent. */
export async function startAgent(release: Release, url: string, options: AgentOptions): Promise<RunningAgent> {
  await enrolHost(release, url, options);
  return runAgent(release, options);
}

export async function enrolHost(release: Release, url: string, { data, name, token }: AgentOptions): Promise<void> {
  const plain = environmentOf({ ...release, profiles: undefined });
  const enrolment = ["agent", "enroll", "--server", url, "--token", token, "--data", data, "--name", name];
  await run(release.launcher, enrolment, { env: plain });
}

/** The agent of a host that is enrolled. */
export function runAgent(
  release: Release,
  { data, ownFolder }: Pick<AgentOptions, "data" | "ownFolder">,
): RunningAgent {
  const args = ["agent", "run", "--data", data];
  const env = environmentOf(release);
  let child: ChildProcess;
  if (ownFolder === undefined) child = spawn(release.launcher, args, { stdio: ["ignore", "ignore", "pipe"], env });
  else {
    mkdirSync(ownFolder.folder, { recursive: true });
    // unshare and sh replace themselves, so the process is the agent's own.
    const script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
    const wrapped = ["--mount", "sh", "-c", script, "sh", ownFolder.folder, ownFolder.at, release.launcher, ...args];
    child = spawn("unshare", wrapped, { stdio: ["ignore", "ignore", "pipe"], env });
  }
  const log = collect(child);
  return { processId: child.pid!, log, close: () => end(child) };
}

/** Ours less every AWS and Sluice setting. */
function environmentOf({ profiles }: Release): NodeJS.ProcessEnv {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|SLUICE|NODE)_/.test(name)));
  if (profiles === undefined) return clean;
  return { ...clean, NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}` };
}

function collect(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}
