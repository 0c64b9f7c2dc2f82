import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { agentFor } from "@sluice/wire/client/connection-agent.ts";
import { exchange } from "@sluice/wire/client/http-exchange.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createSelfSignedCertificate } from "../signing/self-signed-certificate.ts";
import { createHttpServer, type HttpServerOptions } from "./http-server.ts";
import { MAX_REQUESTS_PER_CONNECTION } from "./pipelined-requests.ts";
import { reachBy } from "./reached-name.ts";
import { ServerNames } from "./server-names.ts";
import { UnprovedConnections } from "./unproved-connections.ts";

const TOKEN = "the-metrics-token";
/** Where it is not what is tried: a busy machine is slower than any of the others. */
const ENDLESS = { headersMilliseconds: 60_000, checkMilliseconds: 60_000, handshakeMilliseconds: 60_000 };
const patience = { headersMilliseconds: 200, checkMilliseconds: 50, handshakeMilliseconds: 200 };

let app: FastifyInstance | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await app?.close();
});

async function listen(options: Partial<HttpServerOptions> = {}): Promise<number> {
  app = createHttpServer({
    signedRoute: async (_request: IncomingMessage, response: ServerResponse) => {
      response.end("signed");
    },
    whyNotReady: async () => null,
    metrics: async () => ({ contentType: "text/plain", text: "sluice_hosts 1\n" }),
    metricsToken: TOKEN,
    reach: reachBy(new ServerNames({ listen: ["127.0.0.1"], configured: [{ name: "sluice.example.com" }] })),
    unprovedConnections: new UnprovedConnections(),
    patience,
    ...options,
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  return (app.server.address() as AddressInfo).port;
}

/** A caller that never ends its own half, whatever it is told. */
function caller(port: number, bytes: string): Socket {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  sockets.push(socket);
  socket.on("error", () => {});
  socket.on("data", () => {});
  if (bytes !== "") socket.write(bytes, "latin1");
  return socket;
}

function openConnections(): Promise<number> {
  return new Promise((resolve, reject) =>
    app?.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}

async function untilNoneIsOpen(): Promise<void> {
  await vi.waitFor(async () => expect(await openConnections()).toBe(0), PATIENCE);
}

/** Of what ends by itself, and only has to be waited for. */
const PATIENCE = { timeout: 20_000, interval: 20 };

const TLS_GREETING_BEGUN = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";

describe("a connection over which nothing useful comes", () => {
  it.each([
    ["nothing", ""],
    ["half a request line", "POST / HT"],
    ["half of the headers", "POST / HTTP/1.1\r\nhost: here\r\nx-amz-"],
    ["what is no request", "\x01\x02\x03\r\n\r\n"],
  ])("is ended by the server, though its caller does not end it: %s", async (_, bytes) => {
    const port = await listen();
    const accepted = once(app!.server, "connection");
    caller(port, bytes);
    await accepted;
    await untilNoneIsOpen();
  });

  it.each([
    ["nothing", ""],
    ["half a greeting", TLS_GREETING_BEGUN],
    ["a request in plain text", "GET /healthz HTTP/1.1\r\nhost: here\r\n\r\n"],
  ])("is ended where TLS is spoken, too: %s", async (_, bytes) => {
    const tls = await createSelfSignedCertificate({ commonName: "here", subjectAltNames: ["127.0.0.1"] });
    const port = await listen({ tls });
    const accepted = once(app!.server, "connection");
    caller(port, bytes);
    await accepted;
    await untilNoneIsOpen();
  });
});

describe("connections over which nobody has proved anything", () => {
  it("are so many and no more: the oldest goes, and whoever has proved a signature stays", async () => {
    const unprovedConnections = new UnprovedConnections(3);
    const tls = await createSelfSignedCertificate({ commonName: "here", subjectAltNames: ["127.0.0.1"] });
    const port = await listen({
      tls,
      unprovedConnections,
      patience: ENDLESS,
      signedRoute: async (request, response) => {
        unprovedConnections.prove(request.socket);
        response.end("signed");
      },
    });
    const good = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
    sockets.push(good);
    good.on("error", () => {});
    const ask = async () => {
      good.write("POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 0\r\n\r\n");
      const [answer] = (await once(good, "data")) as [Buffer];
      return answer.toString();
    };
    expect(await ask()).toMatch(/signed/);

    const silent: Socket[] = [];
    for (let index = 0; index < 5; index += 1) {
      const socket = caller(port, "");
      await once(socket, "connect");
      silent.push(socket);
    }
    await vi.waitFor(async () => expect(await openConnections()).toBeLessThanOrEqual(4), PATIENCE);
    expect(unprovedConnections.count).toBe(3);
    expect(await ask()).toMatch(/signed/);
  });
});

describe("requests that come before earlier ones are answered", () => {
  it("are a few on one connection, and then the connection ends", async () => {
    let served = 0;
    const port = await listen({
      patience: ENDLESS,
      signedRoute: async () => {
        served += 1;
      },
    });
    const accepted = once(app!.server, "connection");
    caller(port, "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}".repeat(200));
    await accepted;
    await untilNoneIsOpen();
    expect(served).toBe(MAX_REQUESTS_PER_CONNECTION);
  });

  it("are all answered when each waits for the answer before it", async () => {
    const port = await listen({ patience: ENDLESS });
    const socket = caller(port, "");
    for (let index = 0; index < 3 * MAX_REQUESTS_PER_CONNECTION; index += 1) {
      socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
      const [answer] = (await once(socket, "data")) as [Buffer];
      expect(answer.toString()).toMatch(/signed/);
    }
  });
});

describe("/metrics", () => {
  const ask = async (port: number, headers: Record<string, string>) => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
    return { status: answer.status, text: await answer.text() };
  };

  it("takes the bearer token that its documentation names", async () => {
    const port = await listen({ patience: ENDLESS });
    expect(await ask(port, { authorization: `Bearer ${TOKEN}` })).toEqual({ status: 200, text: "sluice_hosts 1\n" });
  });

  it("leaves signed requests to the services, as everywhere", async () => {
    const port = await listen({ patience: ENDLESS });
    expect(await ask(port, { authorization: "AWS4-HMAC-SHA256 Credential=x" })).toEqual({
      status: 200,
      text: "signed",
    });
  });
});

describe("a caller who speaks the wrong protocol, or does not trust the certificate, is told so", () => {
  const askAs = async (url: string, ca?: string) => {
    const agent = agentFor(url, ca === undefined ? undefined : { ca });
    try {
      const answer = await exchange({ method: "GET", url, headers: {}, agent, timeoutMs: 10_000 });
      return `${answer.statusCode} ${await text(answer)}`;
    } catch (error) {
      return (error as Error).message;
    } finally {
      agent.destroy();
    }
  };
  const certificate = (name: string) => createSelfSignedCertificate({ commonName: "here", subjectAltNames: [name] });

  it("plain HTTP to a port of TLS", async () => {
    const port = await listen({ tls: await certificate("127.0.0.1"), patience: ENDLESS });
    expect(await askAs(`http://127.0.0.1:${port}/`)).toMatch(/^400 .*use an address that begins with https:\/\//);
    await untilNoneIsOpen();
  });

  it("TLS to a port of plain HTTP", async () => {
    const port = await listen({ patience: ENDLESS });
    const url = `https://127.0.0.1:${port}`;
    expect(await askAs(`${url}/`)).toBe(
      `${url}: the server uses plain HTTP on this port, not TLS: use http:// instead of https://`,
    );
  });

  it("a certificate that nobody vouches for, or of another name", async () => {
    const tls = await certificate("127.0.0.2");
    const port = await listen({ tls, patience: ENDLESS });
    const url = `https://127.0.0.1:${port}/`;
    expect(await askAs(url)).toMatch(
      /is not trusted on this machine \(self-signed certificate\)\. .*AWS_CA_BUNDLE=FILE, or ca_bundle/,
    );
    expect(await askAs(url, tls.certificatePem)).toMatch(/is for other names .*Use an address whose name is in it$/);
  });
});
