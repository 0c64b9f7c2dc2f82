import { join, resolve } from "node:path";

/** Where the files and sockets of a server's own HAProxy are. */
export function balancerDirectory(dataDirectory: string): string {
  return join(resolve(dataDirectory), "haproxy");
}

/**
 * Ends the HAProxy of a server that has ended: it goes on by itself otherwise, so that it serves while the server is started again.
 * @returns whether there was one
 */
export async function endLocalBalancer(dataDirectory: string): Promise<boolean> {
  const { endBalancer } = await import("@sluice/drivers/haproxy-balancer/end-balancer.ts");
  return endBalancer(balancerDirectory(dataDirectory));
}
