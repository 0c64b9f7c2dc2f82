import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { openBody } from "@sluice/bucket/http/s3-body.ts";
import { PIECES_FREE } from "@sluice/wire/body/piece-budget.ts";
import { afterEach, describe, expect, it } from "vitest";
import { createSelfSignedCertificate } from "../signing/self-signed-certificate.ts";
import { boundPieces, hasTooManyPieces, PiecewiseMessage } from "./body-pieces.ts";
import { readBody } from "./request-body.ts";
import { answerUnreadable } from "./unreadable-request.ts";

const MAXIMUM_BYTES = 4 * 1024 * 1024;
const HEAD = "POST / HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n";
const CRUMB = "1\r\n \r\n";
/** What is looked at of a connection beyond the piece that is too many: the rest of what node had read with the head. */
const READ_PIECES = 65_536 / CRUMB.length;
const MANY = 3 * READ_PIECES;

let server: Server | undefined;
let client: Socket | undefined;
let pieces = 0;

class CountedMessage extends PiecewiseMessage {
  override push(piece: unknown, encoding?: BufferEncoding): boolean {
    pieces += 1;
    return super.push(piece, encoding);
  }
}

afterEach(async () => {
  client?.destroy();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
});

type Read = (request: IncomingMessage) => Promise<string>;

const readJson: Read = async (request) => {
  const body = await readBody(request, { maximumBytes: MAXIMUM_BYTES });
  return body.bytes.toString();
};
const readS3: Read = (request) => {
  const authorization = { payloadHash: "UNSIGNED-PAYLOAD" } as Parameters<typeof openBody>[2]["authorization"];
  return openBody(request, {}, { authorization, secretAccessKey: "" }, hasTooManyPieces).text();
};

/** A server that answers a request's body, or what was wrong with it. Returns a connection to it. */
async function open(read: Read, tls = false): Promise<Socket> {
  pieces = 0;
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    read(request).then(
      (text) => response.writeHead(200, { "content-length": text.length }).end(text),
      (error: { readonly code?: string }) => response.writeHead(400).end(error.code),
    );
  const options = { IncomingMessage: CountedMessage };
  const { certificatePem: cert, privateKeyPem: key } = await createSelfSignedCertificate({
    commonName: "here",
    subjectAltNames: ["127.0.0.1"],
  });
  server = tls ? createTlsServer({ ...options, cert, key }, answer) : createServer(options, answer);
  boundPieces(server);
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  client = tls
    ? connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false })
    : connect({ port, host: "127.0.0.1" });
  client.setEncoding("latin1");
  return client;
}

async function untilClosed(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: string) => {
    text += chunk;
  });
  // Of the rest of the body, which nobody looked at, the connection's end may be told as an error.
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

describe("a body in pieces of one byte", () => {
  it.each([
    ["of a JSON call", readJson, false, "SerializationException"],
    ["of a JSON call over TLS", readJson, true, "SerializationException"],
    ["of S3", readS3, false, "InvalidRequest"],
    ["of S3 over TLS", readS3, true, "InvalidRequest"],
  ] as const)("%s is broken off, answered, and looked at no further", async (_, read, tls, code) => {
    const socket = await open(read, tls);
    socket.write(HEAD + CRUMB.repeat(MANY));
    const answer = await untilClosed(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 400 .*connection: close.*${code}`, "s"));
    expect(pieces).toBeLessThan(PIECES_FREE + READ_PIECES);
  });

  it("ends its connection although it was answered before", async () => {
    const socket = await open(async (request) => {
      request.resume();
      return "answered";
    });
    socket.write(HEAD);
    await once(socket, "data");
    socket.write(CRUMB.repeat(MANY));
    await untilClosed(socket);
  });
});

describe("what is no request", () => {
  it.each([false, true])("is answered once, however much of it comes (TLS: %s)", async (tls) => {
    const socket = await open(readJson, tls);
    server!.on("clientError", (error, connection) => answerUnreadable(error, connection as Socket));
    socket.write("?".repeat(200_000));
    const answers = await untilClosed(socket);
    expect(answers.match(/HTTP\/1\.1 400 /g)).toHaveLength(1);
  });
});

describe("requests that come before large answers are fetched", () => {
  it.each([false, true])("are all answered once they are (TLS: %s)", async (tls) => {
    const large = "x".repeat(8 * 1024 * 1024);
    const socket = await open(async (request) => {
      await readJson(request);
      return large;
    }, tls);
    socket.pause();
    const requests = 3;
    const chunk = `2000\r\n${" ".repeat(8192)}\r\n`;
    socket.write(`${HEAD}${chunk.repeat(4)}0\r\n\r\n`.repeat(requests));
    // The first answer fills what the connection holds: node reads no further until it is fetched.
    await once(server!, "request");
    for (let index = 0; index < 100; index += 1) await new Promise(setImmediate);
    let bytes = 0;
    for await (const part of socket as AsyncIterable<string>) {
      bytes += part.length;
      if (bytes > requests * large.length) break;
    }
    expect(bytes).toBeGreaterThan(requests * large.length);
  });
});

describe("a body in pieces of an ordinary size", () => {
  it.each([false, true])("is read whole, one after the other on one connection (TLS: %s)", async (tls) => {
    const socket = await open(readJson, tls);
    let text = "";
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    const chunks = Array.from({ length: 40 }, (_, index) => String(index % 10).repeat(8192));
    const chunked = HEAD + chunks.map((chunk) => `2000\r\n${chunk}\r\n`).join("") + "0\r\n\r\n";
    const whole = `POST / HTTP/1.1\r\nhost: here\r\ncontent-length: ${40 * 8192}\r\n\r\n${chunks.join("")}`;
    for (const request of [chunked, whole, chunked, whole]) {
      text = "";
      socket.write(request);
      while (!text.endsWith(chunks.join(""))) await once(socket, "data");
    }
  });
});
