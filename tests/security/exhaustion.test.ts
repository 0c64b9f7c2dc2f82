import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RawCaller, type SignedCall, type WireRequest } from "../compat/raw-caller.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const MEBIBYTE = 1024 * 1024;
/** What the server may grow by while somebody without a key sends it 300 MiB and more: its own budget, sockets, and what is not collected yet. */
const MAX_GROWTH_BYTES = 240 * MEBIBYTE;
/** MAX_UNPROVED_BYTES of the server. */
const BODY_BUDGET_BYTES = 64 * MEBIBYTE;

let server: SluiceServer;
let raw: RawCaller;
let quietBytes: number;
const sockets: Socket[] = [];

beforeAll(async () => {
  server = await startSluiceServer();
  raw = new RawCaller(server);
  expect((await raw.operation("CreateApplication", { applicationName: "web" })).status).toBe(200);
  await expectServing();
  quietBytes = memoryBytes("VmRSS");
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

afterAll(async () => {
  raw.close();
  await server.close();
});

function memoryBytes(field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${server.pid()}/status`, "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
}

/** Sends a request's head and `bytes` of a body that never ends. Whatever comes back is in `answers`. */
function sendHalf(request: Pick<WireRequest, "headers">, announced: number, bytes: number, answers: string[]): void {
  const head = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(raw.url.port), raw.url.hostname);
  sockets.push(socket);
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => answers.push(chunk.toString("latin1")));
  socket.write(`POST / HTTP/1.1\r\n${head.join("")}content-length: ${announced}\r\n\r\n`);
  socket.write(Buffer.alloc(bytes, 0x20));
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(new URL("/metrics", raw.url))).text();
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
}

async function expectServing(): Promise<void> {
  const answer = await raw.call({});
  expect({ status: answer.status, body: JSON.parse(answer.text) as unknown }).toEqual({
    status: 200,
    body: { applications: ["web"] },
  });
}

const enrol = { headers: { host: "", "x-amz-target": "Sluice_20261101.EnrolHost" } };

describe("somebody without a key", () => {
  const attacks: readonly (readonly [string, () => Pick<WireRequest, "headers">, string])[] = [
    ["with a key that nobody has", () => raw.sign({ accessKeyId: "AKIANOBODY" }), "UnrecognizedClientException"],
    ["with a clock that is wrong", () => raw.sign({ clockAheadSeconds: -4000 }), "InvalidSignatureException"],
    ["in order to enrol", () => ({ headers: { ...enrol.headers, host: raw.url.host } }), "RequestEntityTooLarge"],
  ];
  it.each(attacks)(
    "who sends 300 halves of large bodies %s is refused before their bytes",
    async (_, request, code) => {
      const answers: string[] = [];
      for (let index = 0; index < 300; index += 1) sendHalf(request(), 4 * MEBIBYTE, MEBIBYTE, answers);
      await expectServing();
      await until("300 refusals", () => answers.filter((answer) => answer.includes(code)).length === 300);
      await expectServing();
      expect(memoryBytes("VmHWM") - quietBytes).toBeLessThan(MAX_GROWTH_BYTES);
    },
  );

  it("who sends calls without waiting for their answers is cut off", async () => {
    const call = `POST / HTTP/1.1\r\nhost: ${raw.url.host}\r\nx-amz-target: ${enrol.headers["x-amz-target"]}\r\ncontent-length: 2\r\n\r\n{}`;
    const calls = Buffer.from(call.repeat(30_000));
    const ends = Array.from({ length: 8 }, () => {
      const socket = connect(Number(raw.url.port), raw.url.hostname);
      sockets.push(socket);
      socket.on("error", () => {});
      socket.resume();
      socket.write(calls);
      return new Promise((resolve) => socket.once("close", resolve));
    });
    await Promise.all(ends);
    await expectServing();
    expect(memoryBytes("VmHWM") - quietBytes).toBeLessThan(MAX_GROWTH_BYTES);
  });

  it("but with a key's id can hold no more than the server's budget, and others are served meanwhile", async () => {
    const answers: string[] = [];
    // The id is no secret; of the 400 MiB that are sent, 64 MiB may lie there.
    for (let index = 0; index < 200; index += 1) {
      sendHalf(raw.sign({ secretAccessKey: "x" }), 4 * MEBIBYTE, 2 * MEBIBYTE, answers);
    }
    await expectServing();
    const given = () => answers.filter((answer) => answer.includes("ServiceUnavailableException")).length;
    await until("the oldest to be given up", () => given() >= 200 - 32);
    // The others are waited for, and not answered yet.
    expect(answers.length).toBeLessThan(200);
    await expectServing();
    // What /metrics says may be a second old, and bodies are given up meanwhile.
    const givenUp = given();
    await until("all that were given up to be counted", async () => {
      return (await metric("sluice_request_bodies_dropped_total")) >= givenUp;
    });
    const peakBytes = await metric("sluice_request_body_peak_bytes");
    // It was filled, and held.
    expect(peakBytes).toBeGreaterThan(BODY_BUDGET_BYTES - 4 * MEBIBYTE);
    expect(peakBytes).toBeLessThanOrEqual(BODY_BUDGET_BYTES);
    expect(memoryBytes("VmHWM") - quietBytes).toBeLessThan(MAX_GROWTH_BYTES);
    for (const socket of sockets.splice(0)) socket.destroy();
    await until("nothing to be held any more", async () => (await metric("sluice_request_body_bytes")) === 0);
  });

  const bodies: readonly (readonly [string, string, () => Record<string, string>])[] = [
    ["to enrol", "POST /", () => ({ ...enrol.headers, host: raw.url.host })],
    ["with a key's id", "POST /", () => raw.sign({ secretAccessKey: "x" }).headers],
    ["to an open path", "GET /healthz", () => ({ host: raw.url.host })],
  ];
  it.each(bodies)(
    "who sends a body in pieces of one byte is cut off after a few of them: %s",
    async (_, line, head) => {
      const ends = Array.from({ length: 8 }, () => {
        const socket = connect(Number(raw.url.port), raw.url.hostname);
        sockets.push(socket);
        socket.on("error", () => {});
        socket.resume();
        const lines = Object.entries(head()).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(`${line} HTTP/1.1\r\n${lines.join("")}transfer-encoding: chunked\r\n\r\n`);
        // Some hundred kilobytes of a body that would be welcome, and that does not end.
        socket.write("1\r\n \r\n".repeat(60_000));
        return new Promise((resolve) => socket.once("close", resolve));
      });
      await expectServing();
      await Promise.all(ends);
      await expectServing();
    },
  );

  it("is not listened to for ever after a refusal", async () => {
    const socket = connect(Number(raw.url.port), raw.url.hostname);
    sockets.push(socket);
    socket.on("error", () => {});
    let isOver = false;
    socket.on("close", () => {
      isOver = true;
    });
    socket.resume();
    socket.write(`POST / HTTP/1.1\r\nhost: ${raw.url.host}\r\ntransfer-encoding: chunked\r\n\r\n`);
    const chunk = `${MEBIBYTE.toString(16)}\r\n${" ".repeat(MEBIBYTE)}\r\n`;
    const send = () => {
      while (!isOver && socket.write(chunk));
    };
    socket.on("drain", send);
    send();
    await until("the end of the connection", () => isOver);
    await expectServing();
  });
});

describe("a host's key", () => {
  it("that calls without end is told to slow down by every service, refused calls or not", async () => {
    const sluice = { service: "sluice", headers: { "content-type": "application/x-amz-json-1.1" } };
    const token = await raw.call({
      ...sluice,
      target: "Sluice_20261101.CreateEnrolmentToken",
      body: JSON.stringify({ tags: [] }),
    });
    const enrolled = await raw.send({
      method: "POST",
      path: "/",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "Sluice_20261101.EnrolHost" },
      body: Buffer.from(
        JSON.stringify({ token: (JSON.parse(token.text) as { token: string }).token, hostName: "web-1" }),
      ),
    });
    const { accessKeyId, secretAccessKey } = JSON.parse(enrolled.text) as Record<string, string>;
    const key = { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! };
    // Signed once, since a signature may be sent again: this process must call much faster than a host's budget grows, whatever else the machine does.
    const calls: Record<string, SignedCall> = {
      "a refused one": {},
      S3: { method: "GET", path: "/releases/web.zip", service: "s3", target: null, body: "" },
      STS: { service: "sts", target: null, body: "Action=GetCallerIdentity&Version=2011-06-15" },
    };
    const signed = Object.entries(calls).map(([name, call]) => [name, raw.sign({ ...call, ...key })] as const);
    const told = new Map<string, string>();
    while (told.size < signed.length) {
      await Promise.all(
        Array.from({ length: 30 }, async () => {
          for (const [name, request] of signed) {
            const { status, text } = await raw.send(request);
            const slowDown = /ThrottlingException|<Code>SlowDown</.exec(text);
            if (slowDown) told.set(name, `${status} ${slowDown[0]}`);
          }
        }),
      );
    }
    expect(Object.fromEntries(told)).toEqual({
      "a refused one": "400 ThrottlingException",
      S3: "503 <Code>SlowDown<",
      STS: "400 ThrottlingException",
    });
    await expectServing();
  });
});
