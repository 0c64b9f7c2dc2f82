import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JSON_CONTENT_TYPE, serialiseFault } from "../json/json-protocol.ts";
import { parseAuthorization } from "../sigv4/authorization.ts";
import { verifySignature } from "../sigv4/verify.ts";
import { codeDeployClient, commandClient, sluiceClient } from "./clients.ts";
import { CorrectedClock } from "./corrected-clock.ts";
import { ServiceError, TransportError } from "./errors.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a-secret" };
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listen(server: Server, scheme = "http"): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Seen {
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

async function serve(answer: (seen: Seen, response: Parameters<RequestListener>[1]) => void): Promise<string> {
  return listen(createServer(listener(answer)));
}

function listener(answer: (seen: Seen, response: Parameters<RequestListener>[1]) => void): RequestListener {
  return async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    answer({ request, body: Buffer.concat(chunks) }, response);
  };
}

function connection(endpoint: string, tls?: { ca?: string; fingerprints?: readonly string[] }) {
  return { endpoint, region: "us-east-1", credentials, tls, userAgent: "sluice-test/1" };
}

function opened<C extends { close(): void }>(client: C): C {
  closers.push(() => client.close());
  return client;
}

describe("a call", () => {
  it("is signed, typed and answered", async () => {
    const seen: Seen[] = [];
    const endpoint = await serve((one, response) => {
      seen.push(one);
      response.end('{"application":{"applicationName":"shop","createTime":1767225600.5,"unknown":1}}');
    });
    const client = opened(codeDeployClient(connection(endpoint)));
    const output = await client.call("GetApplication", { applicationName: "shop" });
    expect(output).toEqual({
      application: { applicationName: "shop", createTime: new Date("2026-01-01T00:00:00.500Z") },
    });
    const { request, body } = seen[0]!;
    expect(request.headers).toMatchObject({
      "content-type": JSON_CONTENT_TYPE,
      "x-amz-target": "CodeDeploy_20141006.GetApplication",
      "user-agent": "sluice-test/1",
    });
    const plain = { method: request.method!, path: request.url!, headers: request.headers, body };
    const parsed = parseAuthorization(plain);
    expect(parsed.service).toBe("codedeploy");
    verifySignature(parsed, plain, credentials.secretAccessKey, new Date());
    expect(body.toString()).toBe('{"applicationName":"shop"}');
  });

  it("is signed anew by the server's time, also when several are refused for this machine's clock at once", async () => {
    const serverTime = new Date(Date.now() + 600_000);
    const bothAreIn = Promise.withResolvers<void>();
    let arrived = 0;
    const endpoint = await serve(async ({ request, body }, response) => {
      arrived += 1;
      if (arrived === 2) bothAreIn.resolve();
      await bothAreIn.promise;
      response.setHeader("date", serverTime.toUTCString());
      const plain = { method: request.method!, path: request.url!, headers: request.headers, body };
      try {
        verifySignature(parseAuthorization(plain), plain, credentials.secretAccessKey, serverTime);
        response.end("{}");
      } catch {
        response.writeHead(403, { "x-amzn-errortype": "InvalidSignatureException" }).end("{}");
      }
    });
    const told: number[] = [];
    const clock = new CorrectedClock((seconds) => told.push(seconds));
    const polls = opened(commandClient({ ...connection(endpoint), clock }));
    const beats = opened(sluiceClient({ ...connection(endpoint), clock }));
    await Promise.all([
      polls.call("PollHostCommand", { HostIdentifier: "h" }),
      beats.call("HostHeartbeat", { hostIdentifier: "h", heldCommands: [], goodbye: false }).catch((error: unknown) => {
        // The answer is too short for this call: what counts is that it was believed.
        expect(error).toBeInstanceOf(TransportError);
      }),
    ]);
    expect(arrived).toBe(4);
    expect(told).toHaveLength(1);
  });

  it("goes over one kept connection", async () => {
    const sockets = new Set<unknown>();
    const endpoint = await serve(({ request }, response) => {
      sockets.add(request.socket);
      response.end("{}");
    });
    const client = opened(commandClient(connection(endpoint)));
    for (let round = 0; round < 3; round += 1) await client.call("PollHostCommand", { HostIdentifier: "h" });
    expect(sockets.size).toBe(1);
  });

  it("goes unsigned without credentials", async () => {
    const seen: Seen[] = [];
    const endpoint = await serve((one, response) => {
      seen.push(one);
      response.end("{}");
    });
    const client = opened(sluiceClient({ endpoint, region: "us-east-1" }));
    await client.call("EnrolHost", { token: "slt_x", hostName: "h" });
    expect(seen[0]!.request.headers.authorization).toBeUndefined();
  });

  it("keeps a path in the endpoint", async () => {
    const paths: (string | undefined)[] = [];
    const endpoint = await serve(({ request }, response) => {
      paths.push(request.url);
      response.end("{}");
    });
    await opened(commandClient(connection(`${endpoint}/deploy/`))).call("PollHostCommand", { HostIdentifier: "h" });
    expect(paths).toEqual(["/deploy/"]);
  });
});

describe("an error", () => {
  it("of the service is a ServiceError", async () => {
    const endpoint = await serve((_, response) => {
      const { status, headers, body } = serialiseFault(
        new CallerFault("ApplicationDoesNotExistException", "No shop"),
        "r-1",
      );
      response.writeHead(status, headers).end(body);
    });
    const call = opened(codeDeployClient(connection(endpoint))).call("GetApplication", { applicationName: "shop" });
    const error = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({
      code: "ApplicationDoesNotExistException",
      message: "No shop",
      statusCode: 400,
      requestId: "r-1",
    });
  });

  it.each([
    ["not AWS", 502, "<html>Bad gateway</html>", /HTTP 502.*Bad gateway/],
    ["not JSON", 200, "hello", /GetApplication/],
    ["of another shape", 200, '{"application":5}', /application: expected Structure, got Number/],
  ])("of an answer that is %s is a TransportError that names the endpoint", async (_, status, body, message) => {
    const endpoint = await serve((__, response) => {
      response.writeHead(status).end(body);
    });
    const call = opened(codeDeployClient(connection(endpoint))).call("GetApplication", { applicationName: "shop" });
    const error = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransportError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain(endpoint);
  });

  it("of the network keeps its cause", async () => {
    const server = createServer();
    const endpoint = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const call = opened(commandClient(connection(endpoint))).call("PollHostCommand", { HostIdentifier: "h" });
    const error = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ endpoint, cause: { code: "ECONNREFUSED" } });
  });
});

describe("a call that takes long", () => {
  it("ends at its time-out", async () => {
    const endpoint = await serve(() => undefined);
    const call = opened(commandClient(connection(endpoint))).call(
      "PollHostCommand",
      { HostIdentifier: "h" },
      { timeoutMs: 30 },
    );
    await expect(call).rejects.toThrow(/no answer within 30 ms/);
  });

  it("ends at its time-out in mid-answer", async () => {
    const endpoint = await serve((_, response) => {
      response.write("{");
    });
    const call = opened(commandClient(connection(endpoint))).call(
      "PollHostCommand",
      { HostIdentifier: "h" },
      { timeoutMs: 1_000 },
    );
    await expect(call).rejects.toThrow(/did not end within 1000 ms/);
  });

  it("ends with the signal's reason", async () => {
    const controller = new AbortController();
    const endpoint = await serve(() => controller.abort(new Error("enough")));
    const { signal } = controller;
    const call = opened(commandClient(connection(endpoint))).call(
      "PollHostCommand",
      { HostIdentifier: "h" },
      { signal },
    );
    await expect(call).rejects.toThrow("enough");
    await expect(
      opened(commandClient(connection(endpoint))).call("PollHostCommand", { HostIdentifier: "h" }, { signal }),
    ).rejects.toThrow("enough");
  });
});

describe("a connection that the server closes", () => {
  /** Answers the first request of every connection, and resets the connection when a second one comes. */
  async function resetting(answersPerConnection: (connectionNumber: number) => number) {
    const requests: number[] = [];
    let connections = 0;
    const sockets = new Set<Socket>();
    const server = createTcpServer((socket) => {
      sockets.add(socket);
      const number = connections++;
      let left = answersPerConnection(number);
      socket.on("error", () => undefined);
      socket.on("data", () => {
        requests.push(number);
        if (left-- > 0) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        else socket.resetAndDestroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    });
    return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
  }

  it("while idle is replaced once", async () => {
    const { endpoint, requests } = await resetting(() => 1);
    const client = opened(commandClient(connection(endpoint)));
    await client.call("PollHostCommand", { HostIdentifier: "h" });
    await client.call("PollHostCommand", { HostIdentifier: "h" });
    expect(requests).toEqual([0, 0, 1]);
  });

  it("when it is new is an error at once", async () => {
    const { endpoint, requests } = await resetting(() => 0);
    const call = opened(commandClient(connection(endpoint))).call("PollHostCommand", { HostIdentifier: "h" });
    await expect(call).rejects.toThrow(TransportError);
    expect(requests).toEqual([0]);
  });
});

const hasOpenssl = (() => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe("a self-signed server", () => {
  beforeEach((context) => context.skip(!hasOpenssl, "openssl is not installed"));

  async function serveTls() {
    const directory = mkdtempSync(join(tmpdir(), "sluice-wire-"));
    closers.push(() => rmSync(directory, { recursive: true }));
    const [keyFile, certFile] = [join(directory, "key.pem"), join(directory, "cert.pem")];
    execFileSync(
      "openssl",
      // biome-ignore format: one option a word
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test",
        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", keyFile, "-out", certFile],
      { stdio: "ignore" },
    );
    const [key, cert] = [readFileSync(keyFile, "utf8"), readFileSync(certFile, "utf8")];
    let requests = 0;
    const server = createTlsServer(
      { key, cert },
      listener((_, response) => {
        requests += 1;
        response.end("{}");
      }),
    );
    const endpoint = await listen(server as unknown as Server, "https");
    return { endpoint, cert, fingerprint: new X509Certificate(cert).fingerprint256, requests: () => requests };
  }

  const poll = (endpoint: string, tls?: { ca?: string; fingerprints?: readonly string[] }) =>
    opened(commandClient(connection(endpoint, tls))).call("PollHostCommand", { HostIdentifier: "h" });

  it("is refused without its fingerprint, and gets no request", async () => {
    const { endpoint, requests } = await serveTls();
    await expect(poll(endpoint)).rejects.toThrow(/not trusted/);
    await expect(poll(endpoint, { fingerprints: [] })).rejects.toThrow(/not trusted/);
    await expect(poll(endpoint, { fingerprints: ["00".repeat(32)] })).rejects.toThrow(
      /certificate that this host does not know.*known 0{16}…$/,
    );
    expect(requests()).toBe(0);
  });

  it("is taken by its fingerprint, over one connection", async () => {
    const { endpoint, fingerprint, requests } = await serveTls();
    const client = opened(commandClient(connection(endpoint, { fingerprints: ["00".repeat(32), fingerprint] })));
    await client.call("PollHostCommand", { HostIdentifier: "h" });
    await client.call("PollHostCommand", { HostIdentifier: "h" });
    const plain = fingerprint.replaceAll(":", "").toLowerCase();
    await poll(endpoint, { fingerprints: [plain] });
    expect(requests()).toBe(3);
  });

  it("is taken by its authority", async () => {
    const { endpoint, cert } = await serveTls();
    expect(await poll(endpoint, { ca: cert })).toEqual({});
  });
});
