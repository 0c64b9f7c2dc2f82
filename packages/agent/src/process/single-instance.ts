import { chmodSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { withShortPath } from "./short-path.ts";
import { holdStartDoor } from "./start-door.ts";

/** The agent of a directory listens here: that it answers is the proof that it runs, and what it answers is its status. */
export const AGENT_SOCKET_NAME = "agent.sock";
const MAX_ASK_MILLISECONDS = 2_000;
const MAX_ANSWER_CHARACTERS = 1024 * 1024;
/** Another agent of the same directory may be starting at this moment; it holds the door for milliseconds. */
const MAX_DOOR_MILLISECONDS = 5_000;

export class AlreadyRunning extends Error {
  constructor(directory: string, processId: number | undefined) {
    const who = processId === undefined ? "an agent" : `an agent (process ${processId})`;
    super(`${directory}: ${who} is already running in this directory. Stop it first, or use another --data.`);
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
  const door = await holdStartDoor(directory, MAX_DOOR_MILLISECONDS);
  if (door === undefined) throw new AlreadyRunning(directory, undefined);
  try {
    const answer = await askRunningAgent(directory);
    if (answer !== undefined) throw new AlreadyRunning(directory, processIdOf(answer));
    // Nobody answers, and nobody else starts while we hold the door: what lies there was left by a process that died.
    rmSync(join(directory, AGENT_SOCKET_NAME), { force: true });
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end(JSON.stringify(describe()));
    });
    await withShortPath(directory, (short) => listen(server, join(short, AGENT_SOCKET_NAME)));
    chmodSync(join(directory, AGENT_SOCKET_NAME), 0o600);
    return {
      release: async () => {
        await close(server);
        rmSync(join(directory, AGENT_SOCKET_NAME), { force: true });
      },
    };
  } finally {
    await door.close();
  }
}

/** What the agent of this directory says of itself; undefined when none runs. */
export async function askRunningAgent(directory: string): Promise<object | undefined> {
  return withShortPath(directory, async (short) => {
    try {
      const answer: unknown = JSON.parse(await readAnswer(join(short, AGENT_SOCKET_NAME)));
      return typeof answer === "object" && answer !== null ? answer : {};
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT" || code === "ECONNREFUSED") return undefined;
      if (code === "EACCES")
        throw new Error(`${directory}: only root or the agent's user can query this agent`, { cause: error });
      return {}; // it accepted and did not answer in time, or not fully: something lives there
    }
  });
}

function readAnswer(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect({ path });
    // Not from the last byte on: what is no agent could send one after the other for days.
    const timer = setTimeout(() => socket.destroy(new Error("the agent does not answer")), MAX_ASK_MILLISECONDS);
    socket.once("close", () => clearTimeout(timer));
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      answer += text;
      if (answer.length > MAX_ANSWER_CHARACTERS) socket.destroy(new Error("the answer is too long"));
    });
    socket.on("error", reject);
    socket.on("end", () => resolve(answer));
  });
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
