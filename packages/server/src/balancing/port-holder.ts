import { readdir, readFile, readlink } from "node:fs/promises";

const LISTENING = "0A";
const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];

/**
 * Who listens on a TCP port of this machine: `nginx (pid 123)`. Undefined when nobody does, or nobody can say: of other users' programs only
 * root sees which port they have, and there may be no `/proc`.
 */
export async function portHolder(port: number): Promise<string | undefined> {
  try {
    const sockets = new Set((await Promise.all(TABLES.map((table) => listeningSockets(table, port)))).flat());
    if (sockets.size === 0) return undefined;
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    for (const pid of pids) {
      if (await hasSocket(pid, sockets)) return `${await programOf(pid)} (pid ${pid})`;
    }
    return undefined;
  } catch {
    return undefined;
  }
}

/** `socket:[INODE]` of each that listens on the port. */
async function listeningSockets(table: string, port: number): Promise<string[]> {
  const lines = (await readFile(table, "utf8").catch(() => "")).split("\n").slice(1);
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = "", , state]) => state === LISTENING && local.endsWith(ending))
    .map((fields) => `socket:[${fields[9]}]`);
}

/** A process that ends meanwhile, or that is another user's, has none. */
async function hasSocket(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const link = await readlink(`${folder}/${name}`).catch(() => "");
    if (sockets.has(link)) return true;
  }
  return false;
}

async function programOf(pid: string): Promise<string> {
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  return name.trim() || "a program";
}
