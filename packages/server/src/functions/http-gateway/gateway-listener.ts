import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export const GATEWAY_ADDRESS = "127.0.0.1";
/** HAProxy closes connections that it does not need first, so that it never sends on one that is being closed. */
const KEEP_ALIVE_MILLISECONDS = 75_000;
/** What is in flight when the server stops is waited for this long. */
const CLOSING_GRACE_MILLISECONDS = 2_000;
const BACKLOG = 4_096;

/** One port of this machine alone. */
export interface GatewayListener {
  readonly port: number;
  /** What is in flight is answered, for a moment; then the connections are closed. */
  close(): Promise<void>;
}

/** On the port that it had before, or on another one where somebody else has that by now. */
export async function openGatewayListener(
  wantedPort: number | undefined,
  onRequest: RequestListener,
): Promise<GatewayListener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MILLISECONDS, requireHostHeader: false }, onRequest);
  try {
    await listen(server, wantedPort ?? 0);
  } catch (error) {
    if (wantedPort === undefined || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    await listen(server, 0);
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      const patience = setTimeout(() => server.closeAllConnections(), CLOSING_GRACE_MILLISECONDS);
      await closed;
      clearTimeout(patience);
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  const listening = once(server, "listening");
  server.listen({ host: GATEWAY_ADDRESS, port, backlog: BACKLOG });
  await listening;
}
