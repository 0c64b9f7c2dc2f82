import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";

/** Of the kernel's table of connections: where a field stands. */
const FIELD = { local: 1, remote: 2, uid: 7 } as const;
const LOOPBACK_4 = "0100007F";
const LOOPBACK_6 = "0000000000000000FFFF00000100007F";

/**
 * The user whose process opened a connection from this machine to 127.0.0.1; undefined: nobody's, any longer. The kernel's table says it, which no
 * process can change for itself.
 */
export async function peerUser({
  localPort,
  remotePort,
}: Pick<Socket, "localPort" | "remotePort">): Promise<number | undefined> {
  if (localPort === undefined || remotePort === undefined) return undefined;
  for (const [file, loopback] of [
    ["/proc/net/tcp", LOOPBACK_4],
    ["/proc/net/tcp6", LOOPBACK_6],
  ] as const) {
    const table = await readFile(file, "latin1").catch(() => "");
    const uid = findUser(table, `${loopback}:${portHex(remotePort)}`, `${loopback}:${portHex(localPort)}`);
    if (uid !== undefined) return uid;
  }
  return undefined;
}

/** @param local as the table writes it, `0100007F:1F90`, of the end whose user is asked for */
export function findUser(table: string, local: string, remote: string): number | undefined {
  const at = table.indexOf(` ${local} ${remote} `);
  if (at < 0) return undefined;
  const start = table.lastIndexOf("\n", at) + 1;
  const end = table.indexOf("\n", at);
  const fields = table
    .slice(start, end < 0 ? undefined : end)
    .trim()
    .split(/\s+/);
  const isRight = fields[FIELD.local] === local && fields[FIELD.remote] === remote;
  return isRight ? Number(fields[FIELD.uid]) : undefined;
}

function portHex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}
