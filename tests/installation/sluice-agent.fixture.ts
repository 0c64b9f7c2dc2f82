import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment, runProgram, SLUICE, type SluiceServer } from "./sluice-server.fixture.ts";

/** An enrolled host: a folder, and an agent process that can be killed and started again. */
export interface SluiceAgent {
  readonly name: string;
  /** What the API calls it. */
  readonly hostId: string;
  readonly directory: string;
  readonly start: () => void;
  /** SIGKILL to the agent alone; the scripts that it runs live on, as they would. */
  readonly kill: () => Promise<void>;
  /** SIGTERM, and the goodbye that it says. */
  readonly stop: () => Promise<void>;
  /** SIGSTOP and SIGCONT: it stands still, and goes on. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly close: () => Promise<void>;
  readonly log: () => string;
  /** The signal that ended it, if the test did not. */
  readonly exitedBy: () => NodeJS.Signals | null;
}

export interface SluiceAgentOptions {
  readonly name: string;
  /** `Key=Value`. */
  readonly tags?: readonly string[];
  readonly onPremises?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
  /** What runs the launcher: `["nsenter", "--pid"]`. */
  readonly inside?: readonly string[];
}

/** Variables of `environment` that hooks of tests look at. */
const SCRIPT_ENVIRONMENT = ["HOST_*", "HOOKS_FILE"];

/** Enrols a host by the commands that a person would type, and starts its agent. */
export async function startSluiceAgent(server: SluiceServer, options: SluiceAgentOptions): Promise<SluiceAgent> {
  const token = (await server.sluice("token", "create", ...tagFlags(options))).trim();
  return enrolAndStart(server, token, options);
}

/** The same for many hosts with the same tags, by one token. In the order of the options. */
export async function startSluiceAgents(
  server: SluiceServer,
  tags: readonly string[],
  hosts: readonly Omit<SluiceAgentOptions, "tags">[],
): Promise<SluiceAgent[]> {
  const uses = ["--uses", String(hosts.length)];
  const token = (await server.sluice("token", "create", ...uses, ...tagFlags({ tags }))).trim();
  return Promise.all(hosts.map((host) => enrolAndStart(server, token, { ...host, tags })));
}

function tagFlags({ tags = [] }: Pick<SluiceAgentOptions, "tags">): string[] {
  return tags.flatMap((tag) => ["--tag", tag]);
}

async function enrolAndStart(server: SluiceServer, token: string, options: SluiceAgentOptions): Promise<SluiceAgent> {
  const directory = mkdtempSync(join(tmpdir(), `sluice-e2e-${options.name}-`));
  // Scripts of other users have to pass it.
  chmodSync(directory, 0o755);
  const enrolled = await runProgram(
    SLUICE,
    [
      ...["agent", "enroll", "--server", server.url(), "--token", token, "--data", directory, "--name", options.name],
      ...tagFlags(options),
      ...(options.onPremises ? ["--on-premises"] : []),
    ],
    cleanEnvironment(),
  );
  if (enrolled.exitCode !== 0) throw new Error(`enrolling ${options.name} failed: ${enrolled.stderr}`);
  return startKnownAgent(options.name, directory, options.environment, options.inside);
}

/** The agent of a directory that is enrolled. */
export function startKnownAgent(
  name: string,
  directory: string,
  environment: NodeJS.ProcessEnv = {},
  inside: readonly string[] = [],
): SluiceAgent {
  const agentFile = join(directory, "agent.json");
  const agent = JSON.parse(readFileSync(agentFile, "utf8")) as { readonly hostId: string };
  writeFileSync(agentFile, JSON.stringify({ ...agent, host: { scriptEnvironment: SCRIPT_ENVIRONMENT } }));
  let child: ChildProcess | undefined;
  let log = "";
  const end = async (signal: NodeJS.Signals) => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    await ended;
  };
  const start = () => {
    const [program = SLUICE, ...before] = [...inside, SLUICE];
    child = spawn(program, [...before, "agent", "run", "--data", directory], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...cleanEnvironment(), ...environment },
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
    });
  };
  start();
  return {
    name,
    hostId: agent.hostId,
    directory,
    start,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    async close() {
      await end("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
    },
    log: () => log,
    exitedBy: () => child?.signalCode ?? null,
  };
}
