import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { pause } from "./back-off.ts";
import { monotonicMs } from "./monotonic-time.ts";
import { withShortPath } from "./short-path.ts";

/** Only the owner of the agent's directory gets in here: nobody else can hold the door. */
const DOOR_DIRECTORY_NAME = ".starting";
/** Bound and not yet listening: nobody may take it for a dead one's. */
const UNLISTED_PREFIX = "new-";
const NAME_RANDOM_BYTES = 8;
/** One that has not been listed by then, and does not listen, was left by a process that was killed in that moment. */
const MAX_UNLISTED_MILLISECONDS = 60_000;
const LOOK_EVERY_MILLISECONDS = 10;
/** Who made way stays away for twice as long each time, so that of many the few that are left get through. */
const MAX_AWAY_MILLISECONDS = 320;
const MAX_CONNECT_MILLISECONDS = 1_000;

export interface StartDoor {
  close(): Promise<void>;
}

/**
 * Lets one process of the directory's owner at a time through, until it closes the door or ends in whatever way; undefined when somebody
 * else held it for all of `maxMs`.
 *
 * Whoever wants in listens on a socket of a name that nobody had before, and then looks for others that listen. Who sees nobody is in:
 * of two, the one that looks later sees the other. Who sees somebody waits, and makes way for the lesser name. The kernel closes a
 * dead process's socket, so neither SIGKILL nor a process number that is used again can leave the door shut.
 */
export async function holdStartDoor(directory: string, maxMs: number): Promise<StartDoor | undefined> {
  const folder = doorFolder(directory);
  const deadline = monotonicMs() + maxMs;
  for (let awayMs = LOOK_EVERY_MILLISECONDS; ; awayMs = Math.min(2 * awayMs, MAX_AWAY_MILLISECONDS)) {
    const { name, server } = await listenUnderNewName(folder);
    const withdraw = () => leave(folder, name, server);
    try {
      for (let others = await listening(folder, name); ; others = await listening(folder, name)) {
        if (others.length === 0) return { close: withdraw };
        if (monotonicMs() >= deadline) {
          await withdraw();
          return undefined;
        }
        await pause(LOOK_EVERY_MILLISECONDS);
        if (others.some((other) => other < name)) break;
      }
    } catch (error) {
      await withdraw();
      throw error;
    }
    await withdraw();
    await pause(awayMs * (1 + Math.random()));
  }
}

function doorFolder(directory: string): string {
  const folder = join(directory, DOOR_DIRECTORY_NAME);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (uid !== process.geteuid?.() || (mode & 0o077) !== 0) {
    throw new Error(
      `${folder} must belong only to the agent's user, or other users could keep the agent from starting. Remove it: rm -r ${folder}`,
    );
  }
  return folder;
}

async function listenUnderNewName(folder: string): Promise<{ readonly name: string; readonly server: Server }> {
  const name = randomBytes(NAME_RANDOM_BYTES).toString("hex");
  const server = createServer((socket) => socket.destroy());
  await withShortPath(folder, async (short) => {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(join(short, `${UNLISTED_PREFIX}${name}`), resolve);
    });
    renameSync(join(short, `${UNLISTED_PREFIX}${name}`), join(short, name));
  });
  return { name, server };
}

/** The names of the others that listen; those of dead ones are removed, since no name comes twice. */
async function listening(folder: string, own: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of readdirSync(folder)) {
    if (name === own) continue;
    if (name.startsWith(UNLISTED_PREFIX)) {
      await removeAbandoned(folder, name);
      continue;
    }
    if (await withShortPath(folder, (short) => answers(join(short, name)))) found.push(name);
    else rmSync(join(folder, name), { force: true });
  }
  return found;
}

async function removeAbandoned(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  const ageMs = Date.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (ageMs < MAX_UNLISTED_MILLISECONDS || (await withShortPath(folder, (short) => answers(join(short, name))))) return;
  rmSync(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const settle = (isAlive: boolean) => {
      socket.destroy();
      resolve(isAlive);
    };
    socket.setTimeout(MAX_CONNECT_MILLISECONDS, () => settle(true));
    socket.once("connect", () => settle(true));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      // Anything else (EAGAIN: a full queue) does not prove that it is dead.
      settle(error.code !== "ECONNREFUSED" && error.code !== "ENOENT");
    });
  });
}

async function leave(folder: string, name: string, server: Server): Promise<void> {
  rmSync(join(folder, name), { force: true });
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
