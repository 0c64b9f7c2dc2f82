import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";

const LISTENING = "0A";
const FIRST_ORDINARY_PORT = 1024;

/** Why nobody can listen there now, as a sentence without a full stop; undefined: it is free. */
export async function portTrouble(address: string, port: number): Promise<string | undefined> {
  const code = await tryToListen(address, port);
  if (code === undefined) return undefined;
  return portWords(address, port, code, code === "EADDRINUSE" ? await findListener(port) : undefined);
}

export function portWords(address: string, port: number, code: string, holder: string | undefined): string {
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} is taken${holder ? ` by ${holder}` : ""}: stop that program, or give the listener another port`;
    case "EACCES":
      return `port ${port} is for root only: give the listener a port from ${FIRST_ORDINARY_PORT}, or run Sluice as root`;
    case "EADDRNOTAVAIL":
      return `${address} is no address of this machine: change the setting \`address\``;
    default:
      return `nobody can listen at ${address}, port ${port}: ${code}`;
  }
}

function tryToListen(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** `nginx (process 812)`, as far as we may see it. */
async function findListener(port: number): Promise<string | undefined> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
      if (!inodes.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? "")) continue;
      const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
      return `${name.trim()} (process ${pid})`;
    }
  }
  return undefined;
}

function listeningInodes(table: string, port: number): readonly string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").flatMap((line) => {
    const cells = line.trim().split(/\s+/);
    return cells[1]?.endsWith(`:${hexPort}`) && cells[3] === LISTENING ? [cells[9] ?? ""] : [];
  });
}
