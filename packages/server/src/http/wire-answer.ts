import type { IncomingMessage, ServerResponse } from "node:http";

const NO_CONTENT = 204;
/** Bytes that are sent in one piece with the headers: node does so with text alone, and a second piece is a second buffer to write. */
const WITH_HEADERS_BYTES = 16 * 1024;

/** A whole answer, as a protocol has written it. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export function sendWhole(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  if (status === NO_CONTENT) {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  if (typeof body === "string" || body.byteLength > WITH_HEADERS_BYTES) response.end(body);
  else response.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1"), "latin1");
}

/**
 * The answer to a request of which more comes than anybody reads: it says that its connection ends, which then stays open only for as long
 * as the rest is read. A connection that is closed with something unread may lose its answer.
 */
export function sendWholeAndClose(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: WireAnswer,
): void {
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, { ...headers, connection: "close", "content-length": length });
  response.write(body);
  request.once("end", () => response.end());
}
