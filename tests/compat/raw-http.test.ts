import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DATABASES, type OpenDatabase, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { parseAnswer, type RawAnswer, RawCaller, type SignedCall, type WireRequest } from "./raw-caller.fixture.ts";

const MEBIBYTE = 2 ** 20;
const JSON_TYPE = "application/x-amz-json-1.1";

/** The form of every error of an AWS JSON service. */
function expectFault(answer: RawAnswer, status: number, code: string, message: RegExp = /./): void {
  expect({ status: answer.status, ...bodyOf(answer) }).toEqual({
    status,
    __type: code,
    message: expect.stringMatching(message),
  });
  expect(answer.headers["content-type"]).toBe(JSON_TYPE);
  expect(answer.headers["x-amzn-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
}

function bodyOf({ text }: RawAnswer): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { notJson: text };
  }
}

describe.each(DATABASES)("a live server on %s", (choice) => {
  const missing = whyNoDatabase(choice);
  let database: OpenDatabase;
  let server: SluiceServer;
  let raw: RawCaller;

  beforeAll(async () => {
    if (missing) return;
    database = await openDatabase(choice);
    server = await startSluiceServer({ databaseUrl: database.url });
    raw = new RawCaller(server);
    expect((await raw.operation("CreateApplication", { applicationName: "web" })).status).toBe(200);
  });

  afterAll(async () => {
    if (missing) return;
    const log = server.log();
    raw.close();
    await server.close();
    await database.close();
    // pino's levels: 50 is an error, 60 a fatal one.
    expect(log.split("\n").filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
    expect(log).not.toContain(raw.secretAccessKey);
  });

  function test(name: string, body: () => Promise<void>): void {
    it(name, async (context) => {
      context.skip(missing !== null, missing ?? "");
      await body();
    });
  }

  /** Whatever came before, the server serves. */
  async function expectServing(): Promise<void> {
    const answer = await raw.call({});
    expect({ status: answer.status, ...bodyOf(answer) }).toEqual({ status: 200, applications: ["web"] });
  }

  const unknown: readonly (readonly [string, SignedCall, RegExp])[] = [
    ["an operation", { target: "CodeDeploy_20141006.LaunchRocket" }, /LaunchRocket/],
    ["a member of every object", { target: "CodeDeploy_20141006.constructor" }, /constructor/],
    ["a service", { target: "DynamoDB_20120810.ListTables" }, /'DynamoDB_20120810'/],
    ["a target without a dot", { target: "ListApplications" }, /must have the form/],
    ["a target of a dot", { target: "." }, /must have the form/],
    ["no target", { target: null }, /no X-Amz-Target/],
  ];
  for (const [what, call, message] of unknown) {
    test(`knows not: ${what}`, async () => {
      expectFault(await raw.call(call), 404, "UnknownOperationException", message);
    });
  }

  const create = "CodeDeploy_20141006.CreateApplication";
  const bodies: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ["half an object", '{"applicationName":', /not JSON/],
    ["two objects", "{}{}", /not JSON/],
    ["a list", "[]", /expected Structure, got List/],
    ["null", "null", /expected Structure, got Null/],
    ["text", '"web"', /expected Structure, got String/],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /UTF-8/],
    ["a number for a name", '{"applicationName":1}', /applicationName: expected String, got Number/],
    ["an object for a list", '{"tags":{}}', /tags: expected List, got Structure/],
    ["text for a tag", '{"tags":["Key"]}', /tags\[0\]: expected Structure, got String/],
    ["100,000 levels", '{"tags":'.repeat(100_000), /deeper than 64/],
    ["a zero character", String.raw`{"applicationName":"a\u0000b"}`, /applicationName: .*zero character/],
    ["half a surrogate pair", String.raw`{"tags":[{"Key":"\ud800","Value":"x"}]}`, /tags\[0\].Key: .*surrogate/],
    ["the other half", String.raw`{"tags":[{"Key":"k","Value":"\udc00x"}]}`, /tags\[0\].Value: .*surrogate/],
  ];
  for (const [what, body, message] of bodies) {
    test(`refuses as a body: ${what}`, async () => {
      expectFault(await raw.call({ target: create, body }), 400, "SerializationException", message);
    });
  }

  test("takes every character that can be kept, and gives it back", async () => {
    const applicationName = "characters";
    const tags = [{ Key: "smile 😀 é", Value: "\u0001\t\u2028 \u{10ffff}" }];
    expect((await raw.operation("CreateApplication", { applicationName, tags })).status).toBe(200);
    const ResourceArn = `arn:aws:codedeploy:us-east-1:111122223333:application:${applicationName}`;
    expect(bodyOf(await raw.operation("ListTagsForResource", { ResourceArn })).Tags).toEqual(tags);
    expect((await raw.operation("DeleteApplication", { applicationName })).status).toBe(200);
  });

  test("looks for no key, host or deployment by a name that no database holds", async () => {
    const date = new Date().toISOString().slice(0, 10).replaceAll("-", "");
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=%00AKIA/${date}/us-east-1/codedeploy/aws4_request&X-Amz-Date=${date}T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=${"0".repeat(64)}`;
    const none = Buffer.alloc(0);
    const byQuery = await raw.send({ method: "GET", path: `/?${query}`, headers: {}, body: none });
    expectFault(byQuery, 400, "UnrecognizedClientException");
    const bucket = await raw.send({
      method: "GET",
      path: `/b/k?${query.replace("codedeploy", "s3")}`,
      headers: {},
      body: none,
    });
    expect(bucket.status).toBe(403);
    expect(bucket.text).toContain("<Code>InvalidAccessKeyId</Code>");
    const events = { method: "GET", path: "/-/events?deployment=%00", target: null, body: none } as const;
    expectFault(await raw.call(events), 400, "InvalidDeploymentIdException");
    const enrol = JSON.stringify({ token: "slt_AAAA", hostName: "\0" });
    const unsigned = { method: "POST", path: "/", headers: { "x-amz-target": "Sluice_20261101.EnrolHost" } };
    expectFault(await raw.send({ ...unsigned, body: Buffer.from(enrol) }), 400, "SerializationException");
  });

  test("refuses a body that is too large, whether it says so or not, and goes on", async () => {
    const large = Buffer.alloc(5 * MEBIBYTE, 0x20);
    expectFault(await raw.call({ body: large }), 413, "RequestEntityTooLargeException", /4194304/);
    const chunked = raw.sign({ body: large });
    chunked.headers["transfer-encoding"] = "chunked";
    expectFault(await raw.send(chunked), 413, "RequestEntityTooLargeException", /4194304/);
    await expectServing();
  });

  describe("signatures", () => {
    const refusals: readonly (readonly [string, SignedCall, string, RegExp])[] = [
      ["another secret", { secretAccessKey: "x".repeat(40) }, "InvalidSignatureException", /does not match/],
      ["an unknown key", { accessKeyId: "AKIANOBODY" }, "UnrecognizedClientException", /no access key AKIANOBODY/],
      ["another service", { service: "ec2" }, "InvalidSignatureException", /'codedeploy'; it names 'ec2'/],
      ["another region", { region: "eu-west-1" }, "InvalidSignatureException", /'eu-west-1'.*'us-east-1'/],
      ["a clock ahead", { clockAheadSeconds: 330 }, "InvalidSignatureException", /not yet current.* s ahead of/],
      ["a clock behind", { clockAheadSeconds: -330 }, "InvalidSignatureException", /expired.* s behind the server/],
    ];
    for (const [what, call, code, message] of refusals) {
      test(`refused: ${what}`, async () => expectFault(await raw.call(call), 400, code, message));
    }
    for (const clockAheadSeconds of [240, -240]) {
      test(`taken: a clock that is ${clockAheadSeconds} s ahead`, async () => {
        expect((await raw.call({ clockAheadSeconds })).status).toBe(200);
      });
    }

    const alterations: readonly (readonly [string, (request: WireRequest) => WireRequest, string, RegExp])[] = [
      [
        "the body",
        (r) => ({ ...r, body: Buffer.from('{"nextToken":"x"}') }),
        "InvalidSignatureException",
        /does not match/,
      ],
      ["the path", (r) => ({ ...r, path: "/other" }), "InvalidSignatureException", /does not match/],
      ["the method", (r) => ({ ...r, method: "PUT" }), "InvalidSignatureException", /does not match/],
      [
        "the operation, when replayed",
        (r) => withHeaders(r, { "x-amz-target": "CodeDeploy_20141006.DeleteApplication" }),
        "InvalidSignatureException",
        /does not match/,
      ],
      [
        "a header that was not signed",
        (r) => withHeaders(r, { "x-amz-extra": "1" }),
        "IncompleteSignatureException",
        /'x-amz-extra'/,
      ],
      ["no date", (r) => withHeaders(r, { "x-amz-date": null }), "IncompleteSignatureException", /'X-Amz-Date'/],
      [
        "an odd date",
        (r) => withHeaders(r, { "x-amz-date": "yesterday" }),
        "IncompleteSignatureException",
        /YYYYMMDDTHHMMSSZ/,
      ],
      [
        "no signature",
        (r) => withHeaders(r, { authorization: null }),
        "MissingAuthenticationTokenException",
        /sluice env/,
      ],
      [
        "another scheme",
        (r) => withHeaders(r, { authorization: "Bearer x" }),
        "IncompleteSignatureException",
        /"Bearer" is not supported/,
      ],
      [
        "an empty scheme",
        (r) => withHeaders(r, { authorization: "AWS4-HMAC-SHA256 " }),
        "IncompleteSignatureException",
        /./,
      ],
    ];
    for (const [what, alter, code, message] of alterations) {
      test(`refused when altered: ${what}`, async () => {
        expectFault(await raw.send(alter(raw.sign({}))), 400, code, message);
      });
    }
  });

  test("answers methods and paths that nobody expects as a service does", async () => {
    const none = Buffer.alloc(0);
    const page = await raw.send({ method: "GET", path: "/?%zz=%ff", headers: {}, body: none });
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    for (const method of ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "SEARCH"]) {
      for (const path of ["/", "/%zz", "/..//%2e%2e/%00", `/${"a".repeat(8000)}`, "/?%zz=%ff"]) {
        // The console's page.
        if (method === "GET" && /^\/(\?|$)/.test(path)) continue;
        const { status, text } = await raw.send({ method, path, headers: {}, body: none });
        // What names no service and has no signature is somebody's try at an object.
        expect([method, path, status, text]).toEqual([
          method,
          path,
          403,
          expect.stringContaining("<Code>AccessDenied</Code>"),
        ]);
      }
    }
    const head = await raw.send({ method: "HEAD", path: "/none", headers: {}, body: none });
    expect([head.status, head.text]).toEqual([403, ""]);
    expectFault(
      await raw.send({ method: "POST", path: "/", headers: {}, body: none }),
      400,
      "MissingAuthenticationTokenException",
    );
    expectFault(
      await raw.send({ method: "POST", path: "/healthz", headers: {}, body: none }),
      400,
      "MissingAuthenticationTokenException",
    );
    expect((await raw.send({ method: "GET", path: "/healthz?%zz", headers: {}, body: none })).status).toBe(200);
  });

  const unreadable: readonly (readonly [string, string, number, string])[] = [
    ["an unknown method", "BOGUS / HTTP/1.1\r\nhost: a\r\n\r\n", 400, "SerializationException"],
    ["a TLS greeting", "\x16\x03\x01\x02\x00\x01\r\n\r\n", 400, "SerializationException"],
    [
      "chunks without a length",
      "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      400,
      "SerializationException",
    ],
    [
      "two lengths",
      "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
      "SerializationException",
    ],
    ["a zero byte in a header", "GET / HTTP/1.1\r\nhost: a\r\nx-amz-target: \0\r\n\r\n", 400, "SerializationException"],
    [
      "a very long path",
      `GET /${"a".repeat(40_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
      413,
      "RequestEntityTooLargeException",
    ],
    [
      "thousands of headers",
      `GET / HTTP/1.1\r\nhost: a\r\n${"x: y\r\n".repeat(9000)}\r\n`,
      413,
      "RequestEntityTooLargeException",
    ],
    ["no host", "POST / HTTP/1.1\r\nconnection: close\r\n\r\n", 400, "MissingAuthenticationTokenException"],
    ["HTTP/1.0", "POST / HTTP/1.0\r\n\r\n", 400, "MissingAuthenticationTokenException"],
  ];
  for (const [what, bytes, status, code] of unreadable) {
    test(`answers ${what}`, async () => expectFault(parseAnswer(await raw.bytes(bytes)), status, code));
  }

  test("serves on while others send half a request, or a body byte by byte", async () => {
    const { headers } = raw.sign({});
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const halves = ["POST / HT", `POST / HTTP/1.1\r\n${head.join("")}content-length: 100\r\n\r\n{`];
    const sockets = halves.map((half) => {
      const socket = connect(Number(raw.url.port), raw.url.hostname, () => socket.write(half));
      return socket;
    });
    await expectServing();
    for (const socket of sockets) socket.destroy();

    const body = '{"nextToken":null}';
    const signed = Object.entries(raw.sign({ body }).headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const slow = connect(Number(raw.url.port), raw.url.hostname);
    let received = "";
    slow.on("data", (chunk) => {
      received += chunk;
    });
    slow.write(`POST / HTTP/1.1\r\n${signed.join("")}content-length: ${body.length}\r\n\r\n`);
    for (const byte of body) {
      await new Promise((resolve) => slow.write(byte, resolve));
      await expectServing();
    }
    await until("the answer to the slow body", () => received.includes('{"applications":["web"]}'));
    slow.destroy();
    await expectServing();
  });

  test("uses a connection on after every kind of error", async () => {
    const socket = connect(Number(raw.url.port), raw.url.hostname);
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk;
    });
    const calls: readonly SignedCall[] = [
      { body: "{" },
      { secretAccessKey: "x" },
      { target: "CodeDeploy_20141006.No" },
      { region: "x" },
      {},
    ];
    for (const [index, call] of calls.entries()) {
      const { headers, body } = raw.sign(call);
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`POST / HTTP/1.1\r\n${lines.join("")}content-length: ${body.length}\r\n\r\n${Buffer.from(body)}`);
      await until(`answer ${index}`, () => (received.match(/HTTP\/1\.1 \d+/g) ?? []).length > index);
    }
    socket.destroy();
    const statuses = [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual(["400", "400", "404", "400", "200"]);
  });
});

function withHeaders(request: WireRequest, changes: Readonly<Record<string, string | null>>): WireRequest {
  const headers = { ...request.headers };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete headers[name];
    else headers[name] = value;
  }
  return { ...request, headers };
}
