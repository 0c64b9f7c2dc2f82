import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { createServer } from "node:net";
import type { FastifyInstance } from "fastify";
import type { ListenAddress } from "./listener.ts";

/**
 * Connections that may wait to be accepted; the kernel lowers it to its own limit (net.core.somaxconn, 4,096). With Node's 511 a fleet of
 * 1,000 agents that all get a command at once overflows the queue, and the connections that were dropped hang for up to a minute.
 */
const LISTEN_BACKLOG = 65_535;
/** The machine has no such address after all: an entry of /etc/hosts without IPv6, say. */
const NO_SUCH_ADDRESS = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"]);

/**
 * Opens a server of its own at each address that a name has, all on one port: Fastify would give a second address of localhost a bare server,
 * without anything that bounds its callers.
 *
 * @param newApp makes a server, which the caller closes
 * @returns where they listen
 */
export async function openListener(
  newApp: () => FastifyInstance,
  { host, port }: ListenAddress,
  addressesOf: (host: string) => Promise<readonly string[]> = addressesOfName,
): Promise<readonly ListenAddress[]> {
  const opened: ListenAddress[] = [];
  await onEachAddress({ host, port }, addressesOf, async (address) => {
    const app = newApp();
    await app.listen({ host: address, port: opened[0]?.port ?? port, backlog: LISTEN_BACKLOG });
    opened.push({ host: address, port: portOf(app) });
  });
  return opened;
}

/** Rejects when nobody can listen there, before anything is made for a server that could not start. */
export async function checkFree({ host, port }: ListenAddress, addressesOf = addressesOfName): Promise<void> {
  await onEachAddress({ host, port }, addressesOf, async (address) => {
    const probe = createServer();
    try {
      await once(probe.listen({ host: address, port }), "listening");
    } finally {
      probe.close();
    }
  });
}

/** Passes over addresses that the machine does not have, unless it has none of them. */
async function onEachAddress(
  { host, port }: ListenAddress,
  addressesOf: (host: string) => Promise<readonly string[]>,
  act: (address: string) => Promise<void>,
): Promise<void> {
  let found = 0;
  let missing: unknown;
  for (const address of await addressesOf(host)) {
    try {
      await act(address);
      found += 1;
    } catch (error) {
      if (!NO_SUCH_ADDRESS.has((error as NodeJS.ErrnoException).code ?? "")) throw told(error, { host, port });
      missing = error;
    }
  }
  if (found === 0) throw told(missing, { host, port });
}

function told(error: unknown, { host, port }: ListenAddress): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case "EADDRINUSE":
      return new Error(`${host}:${port} is in use by another program; stop that one, or choose another --listen`, {
        cause: error,
      });
    case "EADDRNOTAVAIL":
      return new Error(`${host} is not an address of this machine; choose another --listen`, { cause: error });
    case "EACCES":
      return new Error(
        `permission denied: this user cannot listen on ${host}:${port}. Ports below 1024 are for root. Choose another --listen, or give the program CAP_NET_BIND_SERVICE`,
        { cause: error },
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new Error(`--listen ${host}: no such name can be resolved here; give an address of this machine`, {
        cause: error,
      });
    default:
      return error;
  }
}

/** Of other names Node takes the first address, as it always has. */
async function addressesOfName(host: string): Promise<readonly string[]> {
  if (host !== "localhost") return [host];
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === "object" && address ? address.port : 0;
}
