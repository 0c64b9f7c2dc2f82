import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { serialiseFault } from "@sluice/wire/json/json-protocol.ts";

/**
 * Answers what never became a request, as any other error is answered, and ends the connection, whether or not the caller ends its half:
 * where the next request begins is unknown. Over TLS that was never agreed on nothing can be said.
 */
export function answerUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable || isHandshakeError(error.code)) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = serialiseFault(faultOf(error.code), randomUUID());
  const lines = Object.entries({ ...headers, "content-length": Buffer.byteLength(body), connection: "close" });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${head}\r\n${body}`);
  socket.destroySoon();
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
