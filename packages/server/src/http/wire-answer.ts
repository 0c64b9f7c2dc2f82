import type { ServerResponse } from "node:http";

const NO_CONTENT = 204;

/** A whole answer, as a protocol has written it. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export function sendWhole(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  if (status === NO_CONTENT) response.writeHead(status, headers).end();
  else response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) }).end(body);
}
