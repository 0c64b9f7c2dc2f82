import type { IncomingMessage } from "node:http";
import { agentFor } from "@sluice/wire/client/connection-agent.ts";
import { exchange } from "@sluice/wire/client/http-exchange.ts";
import {
  type ConnectedService,
  connectionTo,
  type Connection as ServerConnection,
} from "@sluice/wire/config/connection.ts";
import { signRequest } from "@sluice/wire/sigv4/sign.ts";

/** What is asked for by path, beside the operations that the clients have tables of. Dispose of it to close its connection. */
export interface SignedDoor extends Disposable {
  readonly endpoint: string;
  /** @param path from the endpoint on, without its first slash, percent-encoded */
  get(path: string, options: GetOptions): Promise<IncomingMessage>;
}

export interface GetOptions {
  /** From the first byte out to the head of the answer. */
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export function signedDoor(server: ServerConnection, service: ConnectedService, signingName: string): SignedDoor {
  const { endpoint, tls } = connectionTo(server, service);
  const { credentials, region } = server;
  const agent = agentFor(endpoint, tls);
  return {
    endpoint,
    get: (path, { headers = {}, ...options }) => {
      const call = { method: "GET", url: `${endpoint.replace(/\/+$/, "")}/${path}` };
      const signed = signRequest({ ...call, headers, credentials, region, service: signingName, now: new Date() });
      return exchange({ ...call, ...options, headers: signed, agent });
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
