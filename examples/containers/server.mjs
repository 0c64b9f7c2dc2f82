// A small service for containers. `/` says which version answers, `/health` is for checks, `/ws` echoes over a WebSocket.
// Environment: VERSION, PORT, and TROUBLE for demonstrations: "exits" at once, "silent" (never listens), "sick" (the check fails), "errs".
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";

const { VERSION: version = "none", PORT: port = "8080", TROUBLE: trouble = "" } = process.env;
const LONGEST_PAUSE_MILLISECONDS = 60_000;
const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

if (trouble === "exits") {
  console.error(`version ${version} cannot start: there is no database`);
  process.exit(3);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? "/", "http://here");
  response.setHeader("content-type", "application/json");
  if (url.pathname === "/health") {
    response.statusCode = trouble === "sick" ? 503 : 200;
    response.end(`${JSON.stringify({ isWell: trouble !== "sick" })}\n`);
  } else if (url.pathname === "/") {
    const milliseconds = Number(url.searchParams.get("milliseconds") ?? 0);
    if (milliseconds > 0) await pause(Math.min(milliseconds, LONGEST_PAUSE_MILLISECONDS));
    response.statusCode = trouble === "errs" ? 500 : 200;
    response.end(`${JSON.stringify({ version, host: hostname() })}\n`);
  } else {
    response.writeHead(404).end('{"error":"not found"}\n');
  }
});

/** Open WebSockets. */
const sockets = new Set();
server.on("upgrade", (request, socket) => {
  // RFC 6455, section 1.3.
  const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash("sha1").update(key).digest("base64");
  const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  socket.write(`${[...head, `Sec-WebSocket-Accept: ${accept}`].join("\r\n")}\r\n\r\n`);
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
  let unread = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    unread = Buffer.concat([unread, bytes]);
    for (let frame = readFrame(unread); frame; frame = readFrame(unread)) {
      unread = unread.subarray(frame.size);
      if (frame.kind === TEXT) socket.write(frameOf(TEXT, Buffer.from(`${version}:${frame.payload}`)));
      else if (frame.kind === PING) socket.write(frameOf(PONG, frame.payload));
      else if (frame.kind === CLOSE) socket.end(frameOf(CLOSE, frame.payload));
    }
  });
});

/** One frame of a client, or undefined while it is not all there. Short messages only: up to 125 bytes, or 64 KiB. */
function readFrame(bytes) {
  if (bytes.length < 6) return undefined;
  const short = bytes[1] & 0x7f;
  const start = short === 126 ? 4 : 2;
  const length = short === 126 ? bytes.readUInt16BE(2) : short;
  const size = start + 4 + length;
  if (bytes.length < size) return undefined;
  const mask = bytes.subarray(start, start + 4);
  const payload = Buffer.from(bytes.subarray(start + 4, size).map((byte, at) => byte ^ mask[at % 4]));
  return { kind: bytes[0] & 0x0f, payload, size };
}

function frameOf(kind, payload) {
  const length =
    payload.length < 126
      ? Buffer.from([payload.length])
      : Buffer.from([126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([Buffer.from([0x80 | kind]), length, payload]);
}

if (trouble === "silent") setInterval(() => console.log(`version ${version} does not listen`), 10_000);
else server.listen(Number(port), () => console.log(`version ${version} listens on port ${port}`));

// What has begun is finished. A WebSocket is told that its server goes away (RFC 6455, section 7.4.1).
process.on("SIGTERM", () => {
  for (const socket of sockets) socket.end(frameOf(CLOSE, Buffer.from([1001 >> 8, 1001 & 0xff])));
  if (trouble === "silent") process.exit(0);
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
