import { createHash } from "node:crypto";
import { chmodSync, closeSync, openSync, realpathSync, rmSync, statSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { pause } from "./back-off.ts";

/** The agent of a directory listens here: that it answers is the proof that it runs, and what it answers is its status. */
export const AGENT_SOCKET_NAME = "agent.sock";
const ASK_MAX_MS = 2_000;
const ANSWER_MAX_CHARACTERS = 1024 * 1024;
/** Another agent of the same directory may be starting at this moment; it holds the door for milliseconds. */
const DOOR_MAX_MS = 5_000;
const DOOR_LOOK_EVERY_MS = 10;

export class AlreadyRunning extends Error {
  constructor(directory: string, processId: number | undefined) {
    const who = processId === undefined ? "an agent" : `an agent (process ${processId})`;
    super(
      `${directory}: ${who} runs here already. Stop it first, or give this one a directory of its own with --data.`,
    );
    this.name = "AlreadyRunning";
  }
}

export interface InstanceLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only agent of the directory, until it ends in whatever way. `describe` gives what `status` is told.
 * @throws {AlreadyRunning}
 */
export async function becomeOnlyInstance(directory: string, describe: () => object): Promise<InstanceLock> {
  const door = await holdDoor(directory);
  try {
    const answer = await askRunningAgent(directory);
    if (answer !== undefined) throw new AlreadyRunning(directory, processIdOf(answer));
    // Nobody answers, and nobody else starts while we hold the door: what lies there was left by a process that died.
    rmSync(join(directory, AGENT_SOCKET_NAME), { force: true });
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end(JSON.stringify(describe()));
    });
    await withShortPath(directory, (path) => listen(server, path));
    chmodSync(join(directory, AGENT_SOCKET_NAME), 0o600);
    return {
      release: async () => {
        await close(server);
        rmSync(join(directory, AGENT_SOCKET_NAME), { force: true });
      },
    };
  } finally {
    if (door !== undefined) await close(door);
  }
}

/** What the agent of this directory says of itself; undefined when none runs. */
export async function askRunningAgent(directory: string): Promise<object | undefined> {
  return withShortPath(directory, async (path) => {
    try {
      return JSON.parse(await readAnswer(path)) as object;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT" || code === "ECONNREFUSED") return undefined;
      if (code === "EACCES")
        throw new Error(`${directory}: only root or the agent's user may ask it`, { cause: error });
      return {}; // it accepted and did not answer in time, or not fully: something lives there
    }
  });
}

function readAnswer(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect({ path });
    socket.setTimeout(ASK_MAX_MS, () => socket.destroy(new Error("the agent does not answer")));
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      answer += text;
      if (answer.length > ANSWER_MAX_CHARACTERS) socket.destroy(new Error("the answer is too long"));
    });
    socket.on("error", reject);
    socket.on("end", () => resolve(answer));
  });
}

/**
 * A socket's path holds 107 bytes, a directory may be longer: go through a descriptor of the directory, whose name is always short.
 * Without /proc (not Linux) the plain path has to do.
 */
async function withShortPath<T>(directory: string, use: (path: string) => Promise<T>): Promise<T> {
  if (process.platform !== "linux") return use(join(directory, AGENT_SOCKET_NAME));
  let descriptor: number;
  try {
    descriptor = openSync(directory, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return use(join(directory, AGENT_SOCKET_NAME));
    throw error;
  }
  try {
    return await use(`/proc/self/fd/${descriptor}/${AGENT_SOCKET_NAME}`);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * An abstract socket, which the kernel gives to one process at a time and takes back when it dies: between looking whether an agent
 * answers and taking its place, no other agent of the directory may do the same.
 */
async function holdDoor(directory: string): Promise<Server | undefined> {
  if (process.platform !== "linux") return undefined;
  const { dev, ino } = statSync(directory);
  const name = createHash("sha256")
    .update(`${realpathSync(directory)}\n${dev}\n${ino}`)
    .digest("hex");
  const deadline = performance.now() + DOOR_MAX_MS;
  for (;;) {
    const door = createServer((socket) => socket.destroy());
    try {
      await listen(door, `\0sluice-agent-${name}`);
      return door;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      if (performance.now() >= deadline) throw new AlreadyRunning(directory, undefined);
      await pause(DOOR_LOOK_EVERY_MS);
    }
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function processIdOf(answer: object): number | undefined {
  return "processId" in answer && typeof answer.processId === "number" ? answer.processId : undefined;
}
