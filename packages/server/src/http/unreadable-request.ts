import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import { Socket } from "node:net";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { serialiseFault } from "@sluice/wire/json/json-protocol.ts";

/** How OpenSSL calls a request without TLS on a port of TLS. */
const PLAIN_HTTP_TO_TLS = "ERR_SSL_HTTP_REQUEST";
const TLS_IS_SPOKEN =
  "This port speaks TLS, and the request came as plain HTTP: use an address that begins with https:// instead of http://.";

/**
 * Answers what never became a request, as any other error is answered, and ends the connection, whether or not the caller ends its half:
 * where the next request begins is unknown. Over TLS that was never agreed on nothing can be said, except to a caller who spoke plain HTTP.
 */
export function answerUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === PLAIN_HTTP_TO_TLS) {
    answerPlain(socket);
    return;
  }
  if (error.code === "ECONNRESET" || !socket.writable || isHandshakeError(error.code)) {
    socket.destroy();
    return;
  }
  socket.write(answerOf(faultOf(error.code)));
  socket.destroySoon();
}

/** The connection below TLS is Node's own affair, which it shows nowhere: where it is not found, the caller sees it closed. */
function answerPlain(socket: Socket & { readonly _parent?: unknown }): void {
  const below = socket._parent;
  if (below instanceof Socket && below.writable) {
    below.end(answerOf(new CallerFault("SerializationException", TLS_IS_SPOKEN)), () => socket.destroy());
  } else socket.destroy();
}

function answerOf(fault: CallerFault): string {
  const { status, headers, body } = serialiseFault(fault, randomUUID());
  const lines = Object.entries({ ...headers, "content-length": Buffer.byteLength(body), connection: "close" });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${head}\r\n${body}`;
}

function isHandshakeError(code: string | undefined): boolean {
  return code?.startsWith("ERR_TLS_") === true || code?.startsWith("ERR_SSL_") === true;
}

function faultOf(code: string | undefined): CallerFault {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return new CallerFault("RequestEntityTooLargeException", "The request's path and headers are too long.");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new CallerFault("RequestTimeoutException", "The request's headers took too long.");
    default:
      return new CallerFault("SerializationException", "This is not a valid HTTP/1.1 request.");
  }
}
