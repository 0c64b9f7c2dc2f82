import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newTargetGroup } from "../../balancing/balancing.fixture.ts";
import type { FunctionPlaces, FunctionServer } from "../../balancing/function-servers.ts";
import type { BalancingRows } from "../../store/elb/balancing-rows.ts";
import { saveAlias } from "../../store/lambda/aliases.ts";
import { insertPermission, removePermission } from "../../store/lambda/permissions.ts";
import { functionAlias } from "../../store/lambda/rows.fixture.ts";
import { openStore, type Store } from "../../store/open-store.ts";
import type { FunctionInvocation, Invoked } from "../local-functions.ts";
import { httpGateway } from "./http-gateway.ts";

/** The gateway over a store in memory and functions that a test plays. */
const LIVE = "arn:aws:lambda:us-east-1:111122223333:function:payments:live";
const ARN = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/pay/0000000000000001";
const MEGABYTE = 1024 * 1024;

let directory: string;
let store: Store;
let gateway: FunctionPlaces;
let place: FunctionServer;
let invoke: (invocation: FunctionInvocation, signal: AbortSignal) => Promise<Partial<Invoked>>;
let rows: BalancingRows;
const told: { fields: Readonly<Record<string, unknown>>; message: string }[] = [];
const errors: unknown[] = [];

const file = () => join(directory, "ports.json");
const open = () =>
  httpGateway({
    functions: {
      invoke: async (invocation, signal) => ({
        requestId: "r",
        executedVersion: "1",
        outcome: "answered",
        payload: Buffer.from("{}"),
        logTail: "",
        ...(await invoke(invocation, signal)),
      }),
    },
    store,
    file: file(),
    now: () => 0,
    log: { warn: (fields, message) => told.push({ fields: fields as Record<string, unknown>, message }) },
    onError: (error) => errors.push(error),
  });
const answers = (value: object) => async () => ({ payload: Buffer.from(JSON.stringify(value)) });
const serve = async () => (await gateway.serve(rows)).get(ARN)!;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-gateway-"));
  store = await openStore({ dataDirectory: ":memory:" });
  await store.write(async ({ db }) => {
    await saveAlias(db, functionAlias());
    const statement = {
      action: "lambda:InvokeFunction",
      principal: "elasticloadbalancing.amazonaws.com",
      sourceArn: ARN,
      sourceAccount: null,
    };
    await insertPermission(db, { functionName: "payments", qualifier: "live", statementId: "elb", statement });
  });
  const target = { targetGroupArn: ARN, address: LIVE, port: 0, registeredAt: 0, drainingSince: null };
  rows = {
    loadBalancers: [],
    targetGroups: [newTargetGroup({ arn: ARN, targetType: "lambda", isChecked: false })],
    listeners: [],
    rules: [],
    targets: [target],
  };
  invoke = answers({ statusCode: 200, body: "paid" });
  gateway = open();
  place = await serve();
  told.length = 0;
  errors.length = 0;
});
afterEach(async () => {
  await gateway.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** As HAProxy asks. */
function ask({ method = "GET", path = "/", headers = {}, body }: Asked = {}) {
  const { name, value } = place.sentHeader;
  const all = { [name]: value, "x-forwarded-proto": "http", ...headers };
  return new Promise<{ status: number; reason: string; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const sent = request(
        { host: place.address, port: place.port, method, path, headers: all, agent: false },
        (got) => {
          const pieces: Buffer[] = [];
          got.on("data", (piece: Buffer) => pieces.push(piece));
          got.on("end", () =>
            resolve({
              status: got.statusCode ?? 0,
              reason: got.statusMessage ?? "",
              headers: got.headers,
              body: Buffer.concat(pieces).toString(),
            }),
          );
          got.on("error", reject);
        },
      );
      sent.on("error", reject);
      sent.end(body);
    },
  );
}

describe("the gateway of functions", () => {
  it("answers by the function that is registered, with what it says", async () => {
    const seen: FunctionInvocation[] = [];
    invoke = async (invocation) => {
      seen.push(invocation);
      const headers = { "Content-Type": "text/x", "X-A": "b" };
      return {
        payload: Buffer.from(JSON.stringify({ statusCode: 201, statusDescription: "201 Paid", headers, body: "ö" })),
      };
    };
    const got = await ask({ method: "POST", path: "/pay?a=1", body: Buffer.from("x") });
    expect(got).toMatchObject({ status: 201, reason: "Paid", body: "ö" });
    expect(got.headers).toMatchObject({ "content-type": "text/x", "x-a": "b", "content-length": "2" });
    expect(seen).toMatchObject([{ functionName: "payments", qualifier: "live" }]);
    const event = JSON.parse(Buffer.from(seen[0]!.payload).toString());
    expect(event).toMatchObject({
      requestContext: { elb: { targetGroupArn: ARN } },
      httpMethod: "POST",
      path: "/pay",
      queryStringParameters: { a: "1" },
      body: "eA==",
      isBase64Encoded: true,
    });
    expect(event.headers).not.toHaveProperty(place.sentHeader.name);
  });

  it("sends no body where HTTP has none", async () => {
    expect(await ask({ method: "HEAD" })).toMatchObject({ status: 200, body: "", headers: { "content-length": "4" } });
    invoke = answers({ statusCode: 304, body: "ignored" });
    const got = await ask();
    expect(got).toMatchObject({ status: 304, body: "" });
    expect(got.headers).not.toHaveProperty("content-length");
  });

  it("turns away whoever is not the balancer", async () => {
    let calls = 0;
    invoke = async () => {
      calls += 1;
      return {};
    };
    const { name, value } = place.sentHeader;
    for (const wrong of ["", value.slice(1), `${value}x`, value.toUpperCase()]) {
      expect(await ask({ headers: { [name]: wrong } })).toMatchObject({ status: 403 });
    }
    expect(calls).toBe(0);
    expect(place.address).toBe("127.0.0.1");
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it.each([
    [
      "fails",
      async () => ({
        outcome: "failed" as const,
        payload: Buffer.from('{"errorType":"Error","errorMessage":"s3cret"}'),
      }),
    ],
    ["gives no proper answer", async () => ({ payload: Buffer.from('"s3cret"') })],
    ["is throttled", () => Promise.reject(new CallerFault("ServiceUnavailableException", "Rate Exceeded."))],
    ["gives too much", answers({ statusCode: 200, body: "x".repeat(MEGABYTE) })],
  ])("answers 502 for a function that %s, and says why in the log alone, once", async (_what, played) => {
    invoke = played;
    for (const _ of [1, 2]) expect(await ask()).toMatchObject({ status: 502, body: "502 Bad Gateway\n" });
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      fields: { targetGroup: ARN, function: "payments", qualifier: "live", reason: expect.any(String) },
    });
    expect(JSON.stringify(told)).not.toContain("s3cret");
  });

  it("answers 502 for a fault of its own, and tells of it", async () => {
    const bug = new Error("bug");
    invoke = () => Promise.reject(bug);
    expect(await ask()).toMatchObject({ status: 502 });
    expect(errors).toEqual([bug]);
  });

  it("takes bodies of 1 MB, and refuses larger ones before they are sent, and without asking the function", async () => {
    let bytes = 0;
    invoke = async ({ payload }) => {
      bytes = Buffer.from(JSON.parse(Buffer.from(payload).toString()).body, "base64").length;
      return { payload: Buffer.from('{"statusCode":200}') };
    };
    expect(await ask({ method: "POST", body: Buffer.alloc(MEGABYTE) })).toMatchObject({ status: 200 });
    expect(bytes).toBe(MEGABYTE);
    bytes = 0;
    const chunked = { "transfer-encoding": "chunked" };
    expect(await ask({ method: "POST", body: Buffer.alloc(MEGABYTE + 1) })).toMatchObject({ status: 413 });
    expect(await ask({ method: "POST", body: Buffer.alloc(MEGABYTE + 1), headers: chunked })).toMatchObject({
      status: 413,
    });
    expect(bytes).toBe(0);
  });

  it("refuses what Application Load Balancers refuse", async () => {
    expect(await ask({ headers: { connection: "upgrade", upgrade: "websocket" } })).toMatchObject({ status: 400 });
    expect(await ask({ method: "TRACE" })).toMatchObject({ status: 405 });
  });

  it("does not wait for a function whose client is gone", async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<unknown>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    invoke = (_invocation, signal) => {
      begin();
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          resolve(signal.reason);
          reject(signal.reason);
        });
      });
    };
    const { name, value } = place.sentHeader;
    const socket = connect(place.port, place.address);
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${name}: ${value}\r\n\r\n`);
    await begun;
    socket.destroy();
    expect(await aborted).toMatchObject({ message: "the client is gone" });
    expect(errors).toEqual([]);
  });

  it("answers 503 while none is registered, and 502 when it may not be invoked any more", async () => {
    const [target] = rows.targets;
    rows = { ...rows, targets: [{ ...target!, drainingSince: 1 }] };
    await serve();
    expect(await ask()).toMatchObject({ status: 503 });
    rows = { ...rows, targets: [target!] };
    await serve();
    expect(await ask()).toMatchObject({ status: 200 });
    await store.write(({ db }) => removePermission(db, { functionName: "payments", qualifier: "live" }, "elb"));
    await serve();
    expect(await ask()).toMatchObject({ status: 502 });
    expect(told[0]?.fields).toMatchObject({ reason: expect.stringMatching(/aws lambda add-permission/) });
  });

  it("has values in lists where the attribute says so", async () => {
    const attributes = { "lambda.multi_value_headers.enabled": "true" };
    rows = {
      ...rows,
      targetGroups: [newTargetGroup({ arn: ARN, targetType: "lambda", isChecked: false, attributes })],
    };
    await serve();
    invoke = answers({ statusCode: 200, multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] } });
    expect((await ask()).headers).toMatchObject({ "set-cookie": ["a=1", "b=2"] });
  });

  it("has the same port and secret after a restart, and another port where somebody took it", async () => {
    const before = place;
    await gateway.close();
    gateway = open();
    place = await serve();
    expect(place).toEqual(before);
    expect(await ask()).toMatchObject({ status: 200 });
    await gateway.close();
    const thief = createServer().listen(before.port, "127.0.0.1");
    await new Promise((resolve) => thief.once("listening", resolve));
    try {
      gateway = open();
      place = await serve();
      expect(place.port).not.toBe((thief.address() as AddressInfo).port);
      expect(place.sentHeader.value).not.toBe(before.sentHeader.value);
      expect(await ask()).toMatchObject({ status: 200 });
      expect(told).toMatchObject([{ fields: { targetGroup: ARN, port: before.port } }]);
    } finally {
      thief.close();
    }
    await gateway.close();
    writeFileSync(file(), "damaged");
    gateway = open();
    place = await serve();
    expect(place.sentHeader.value).toMatch(/^[\w-]{43}$/);
    expect(place.sentHeader.value).not.toBe(before.sentHeader.value);
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({
      [ARN]: { port: place.port, secret: place.sentHeader.value },
    });
  });

  it("closes the port of a group that is gone", async () => {
    const { port } = place;
    expect((await gateway.serve({ ...rows, targetGroups: [] })).size).toBe(0);
    await expect
      .poll(
        () =>
          new Promise((resolve) =>
            connect(port, "127.0.0.1")
              .on("error", () => resolve("refused"))
              .on("connect", () => resolve("open")),
          ),
        { timeout: 20_000 },
      )
      .toBe("refused");
  });

  it("answers what is in flight before it closes", async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: wait, resolve: go } = Promise.withResolvers<void>();
    invoke = async () => {
      begin();
      await wait;
      return { payload: Buffer.from('{"statusCode":200,"body":"late"}') };
    };
    const answer = ask();
    await begun;
    const closed = gateway.close();
    go();
    expect(await answer).toMatchObject({ status: 200, body: "late" });
    await closed;
  });
});
