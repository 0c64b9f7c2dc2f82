import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { signRequest } from "@sluice/wire/sigv4/sign.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RawCaller } from "../compat/raw-caller.fixture.ts";
import { DATABASES, type OpenDatabase, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { ask, call, type HeldSession, headersOf, heldBy, JSON_BODY, listen, signIn } from "./console-caller.fixture.ts";

const CREATE = "CodeDeploy_20141006.CreateApplication";
const LIST = "CodeDeploy_20141006.ListApplications";
const WRONG_TRIES = 150;

describe.each(DATABASES)("the console on %s", (choice) => {
  const missing = whyNoDatabase(choice);
  let database: OpenDatabase;
  let server: SluiceServer;
  let raw: RawCaller;

  beforeAll(async () => {
    if (missing) return;
    database = await openDatabase(choice);
    server = await startSluiceServer({ databaseUrl: database.url });
    raw = new RawCaller(server);
  });
  afterAll(async () => {
    raw?.close();
    await server?.close();
    await database?.close();
  });

  beforeEach((context) => context.skip(missing !== null, missing ?? ""));

  const asRoot = async (operation: string, input: object) => {
    const body = JSON.stringify(input);
    const answer = await raw.call({ target: `Sluice_20261101.${operation}`, service: "sluice", body });
    return { status: answer.status, json: JSON.parse(answer.text) as Record<string, unknown> };
  };
  const newLink = async () => String((await asRoot("CreateConsoleLink", {})).json.path).replace("/#link=", "");
  const newKey = async (role: string) => {
    const { accessKey, secretAccessKey } = (await asRoot("CreateAccessKey", { role })).json as {
      accessKey: { accessKeyId: string };
      secretAccessKey: string;
    };
    return { accessKeyId: accessKey.accessKeyId, secretAccessKey };
  };
  const newSession = async (): Promise<HeldSession> => heldBy(await signIn(server, { link: await newLink() }));
  const isIn = async (headers: Record<string, string>) => {
    const [who, called, streamed] = await Promise.all([
      ask(server, { path: "/-/session", headers }),
      call(server, headers, LIST, {}),
      ask(server, { path: "/-/events?notices=2", headers }),
    ]);
    // What is wrong with the stream's query is told to those who are signed in.
    return [who.status === 200, called.status === 200, streamed.json.__type === "ValidationException"];
  };
  const IN = [true, true, true];
  const OUT = [false, false, false];

  it("lets a link in once, and of many at once one", async () => {
    const link = await newLink();
    const answers = await Promise.all(Array.from({ length: 8 }, () => signIn(server, { link })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(7).fill(401)]);
    expect(answers.find(({ status }) => status === 401)?.json.code).toBe("SignInRefusedException");
    expect((await signIn(server, { link })).status).toBe(401);
  });

  it("sets a cookie that scripts and other sites do not get, and says what it is for", async () => {
    const answer = await signIn(server, { link: await newLink() });
    expect(answer.headers["set-cookie"]).toEqual([
      expect.stringMatching(
        /^sluice-session-\w{8}=[A-Za-z0-9]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d{6}$/,
      ),
    ]);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json).toEqual({
      sessionSecret: expect.stringMatching(/^[A-Za-z0-9]{43}$/),
      accessKeyId: raw.accessKeyId,
      role: "root",
      expiresAt: expect.stringMatching(/Z$/),
    });
  });

  it("wants both halves of one session", async () => {
    const [mine, other] = [await newSession(), await newSession()];
    expect(await isIn(headersOf(mine))).toEqual(IN);
    const wrong: readonly Record<string, string>[] = [
      { cookie: mine.cookie },
      { "x-sluice-session": mine.secret },
      headersOf({ cookie: mine.cookie, secret: other.secret }),
      headersOf({ cookie: other.cookie, secret: mine.secret }),
      headersOf({ cookie: mine.cookie, secret: "" }),
      headersOf({ cookie: mine.cookie, secret: mine.secret.slice(1) }),
      headersOf({ cookie: `${mine.cookie.split("=")[0]}=`, secret: mine.secret }),
      headersOf({ cookie: `x${mine.cookie}`, secret: mine.secret }),
    ];
    for (const headers of wrong) expect([headers, await isIn(headers)]).toEqual([headers, OUT]);
    // Set by an application on another port.
    const [name] = mine.cookie.split("=");
    const both = headersOf({ cookie: `${name}=tossed; ${mine.cookie}`, secret: mine.secret });
    expect(await isIn(both)).toEqual(IN);
  });

  it("answers the page's calls as it answers signed ones, and hears of both at once", async () => {
    const headers = headersOf(await newSession());
    const stream = listen(server, "/-/events?notices=1", headers);
    await until("the stream", () => stream.text().includes('{"kind":"connected","eventId":"'));
    expect(await call(server, headers, CREATE, { applicationName: "shown" })).toMatchObject({ status: 200 });
    await until("the notice", () => stream.text().includes('{"kind":"changed","what":"applications"}'));
    const again = { target: CREATE, body: JSON.stringify({ applicationName: "shown" }) };
    const answers = [await call(server, headers, CREATE, { applicationName: "shown" }), await raw.call(again)];
    expect(answers.map(({ status, text }) => [status, text])).toEqual(
      Array(2).fill([400, expect.stringContaining('{"__type":"ApplicationAlreadyExistsException"')]),
    );
    await raw.call({ target: "CodeDeploy_20141006.DeleteApplication", body: '{"applicationName":"shown"}' });
    await until("the other notice", () => stream.text().includes('{"kind":"changed","what":"groups"}'));
    await ask(server, { method: "DELETE", path: "/-/session", headers });
    await stream.ended;
  });

  it("ends with signing out, its streams at once, and what was stolen is worth nothing", async () => {
    const [mine, other] = [await newSession(), await newSession()];
    const stream = listen(server, "/-/events", headersOf(mine));
    await until("the stream", () => stream.text().includes(": events"));
    const out = await ask(server, { method: "DELETE", path: "/-/session", headers: headersOf(mine) });
    expect([out.status, out.headers["set-cookie"]?.[0]]).toEqual([200, expect.stringMatching(/=; .*Max-Age=0/)]);
    await stream.ended;
    expect(await isIn(headersOf(mine))).toEqual(OUT);
    expect(await isIn(headersOf(other))).toEqual(IN);
    expect((await ask(server, { method: "DELETE", path: "/-/session" })).status).toBe(200);
  });

  it("has its key's rights and ends with its key", async () => {
    const key = await newKey("read-only");
    const headers = headersOf(heldBy(await signIn(server, key)));
    const refused = await call(server, headers, CREATE, { applicationName: "web" });
    expect([refused.status, refused.json.__type]).toEqual([400, "AccessDeniedException"]);
    const access = await call(server, headers, "Sluice_20261101.GetCallerAccess", {});
    expect(access.json).toMatchObject({ accessKeyId: key.accessKeyId, role: "read-only" });
    expect(access.json.allowedActions).toContain("codedeploy:GetDeployment");
    expect(access.json.allowedActions).not.toContain("codedeploy:CreateDeployment");
    const link = await call(server, headers, "Sluice_20261101.CreateConsoleLink", {});
    expect(link.json.__type).toBe("AccessDeniedException");
    const signed = { target: "Sluice_20261101.CreateConsoleLink", service: "sluice", ...key };
    const ownLink = JSON.parse((await raw.call(signed)).text) as { path: string };
    const streams = [listen(server, "/-/events", headers), listen(server, "/-/events", signedStream(key))];
    for (const { text } of streams) await until("the stream", () => text().includes(": events"));

    const deleted = await asRoot("DeleteAccessKey", { accessKeyId: key.accessKeyId });
    expect(deleted.json).toEqual({ accessKeyId: key.accessKeyId, endedSessions: 1, endedTemporaryKeys: 0 });
    for (const { ended } of streams) await ended;
    expect(await isIn(headers)).toEqual(OUT);
    expect((await signIn(server, { link: ownLink.path.replace("/#link=", "") })).status).toBe(401);
    expect((await signIn(server, key)).status).toBe(401);
    expect(JSON.parse((await raw.call(signed)).text)).toMatchObject({ __type: "UnrecognizedClientException" });
  });

  const signedStream = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
    signRequest({
      method: "GET",
      url: `${raw.url.origin}/-/events`,
      headers: {},
      body: "",
      credentials,
      region: "us-east-1",
      service: "sluice",
      now: new Date(),
    });

  it("refuses to delete the key that calls, which is the last root key, and one that is nobody's", async () => {
    const refused = async (accessKeyId: string) => (await asRoot("DeleteAccessKey", { accessKeyId })).json.__type;
    expect(await refused(raw.accessKeyId)).toBe("AccessKeyInUseException");
    expect(await refused("AKIANOBODY")).toBe("AccessKeyDoesNotExistException");
  });

  it("keeps the profile of the data directory good when another root key deletes its key", async () => {
    const other = await newKey("root");
    const old = raw.accessKeyId;
    const input = JSON.stringify({ accessKeyId: old });
    const deletion = { target: "Sluice_20261101.DeleteAccessKey", service: "sluice", body: input, ...other };
    expect((await raw.call(deletion)).status).toBe(200);
    const credentials = () => readFileSync(`${server.data}/aws/credentials`, "utf8");
    await until("the profile", () => credentials().includes(other.accessKeyId));
    expect(credentials()).not.toContain(old);
    raw.close();
    raw = new RawCaller(server);
    expect((await raw.call({})).status).toBe(200);
  });

  it("outlives the server", async () => {
    const headers = headersOf(await newSession());
    await server.kill();
    await server.start();
    expect(await isIn(headers)).toEqual(IN);
  });

  it("refuses keys that are no person's, and gives unknown keys the answer of wrong secrets", async () => {
    const { token } = (await asRoot("CreateEnrolmentToken", {})).json;
    const host = (await asRoot("EnrolHost", { token, hostName: `web-${choice}` })).json;
    const { accessKeyId, secretAccessKey } = host as { accessKeyId: string; secretAccessKey: string };
    const hosts = await signIn(server, { accessKeyId, secretAccessKey });
    expect([hosts.status, hosts.json.code]).toEqual([403, "KeyNotForConsoleException"]);
    const wrong = await Promise.all([
      signIn(server, { accessKeyId: raw.accessKeyId, secretAccessKey: "wrong" }),
      signIn(server, { accessKeyId: "AKIANOBODY", secretAccessKey: "wrong" }),
      signIn(server, { accessKeyId, secretAccessKey: "wrong" }),
      signIn(server, { accessKeyId: "\0", secretAccessKey: "" }),
    ]);
    expect(new Set(wrong.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(wrong[0]?.status).toBe(401);
  });

  it("stays open by link while somebody tries keys", async () => {
    const statuses = new Map<number, number>();
    for (let from = 0; from < WRONG_TRIES; from += 50) {
      const tries = Array.from({ length: 50 }, () =>
        signIn(server, { accessKeyId: raw.accessKeyId, secretAccessKey: randomBytes(20).toString("hex") }),
      );
      for (const { status } of await Promise.all(tries)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    // How many of each depends on how long it takes: some come back in a minute.
    expect([...statuses.keys()].toSorted()).toEqual([401, 429]);
    expect(await isIn(headersOf(await newSession()))).toEqual(IN);
  });
});

describe("the console's doors", () => {
  let server: SluiceServer;
  let raw: RawCaller;
  let session: Record<string, string>;

  beforeAll(async () => {
    server = await startSluiceServer();
    raw = new RawCaller(server);
    session = headersOf(
      heldBy(await signIn(server, { accessKeyId: raw.accessKeyId, secretAccessKey: raw.secretAccessKey })),
    );
  });
  afterAll(async () => {
    raw?.close();
    await server?.close();
  });

  const doors = [
    { method: "POST", path: "/-/session", headers: JSON_BODY, body: '{"link":"x"}' },
    { method: "DELETE", path: "/-/session" },
    { method: "GET", path: "/-/session" },
    { method: "POST", path: "/-/api", headers: { ...JSON_BODY, "x-amz-target": LIST }, body: "{}" },
    { method: "GET", path: "/-/events" },
  ];
  const ELSEWHERE: readonly Record<string, string>[] = [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://localhost:1" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
  ];

  it.each(doors)("$method $path is closed to pages from elsewhere, whose server has no name of ours", async (door) => {
    for (const headers of ELSEWHERE) {
      const answer = await ask(server, { ...door, headers: { ...door.headers, ...session, ...headers } });
      expect([headers, answer.status, answer.text]).toEqual([
        headers,
        403,
        expect.stringContaining("CrossSiteRequestException"),
      ]);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
    const forged = await ask(server, { ...door, headers: { ...door.headers, ...session, host: "evil.example" } });
    expect(forged.status).toBe(421);
    expect((await ask(server, { path: "/-/session", headers: session })).status).toBe(200);
  });

  it("are open to the page itself, under each of its names", async () => {
    const { port, origin } = new URL(server.url());
    const own = [
      { ...session, origin, "sec-fetch-site": "same-origin" },
      { ...session, host: `localhost:${port}`, origin: `http://localhost:${port}` },
    ];
    for (const headers of own) expect((await call(server, headers, LIST, {})).status).toBe(200);
  });

  it.each([
    ["OPTIONS", "/-/api"],
    ["GET", "/-/api"],
    ["PUT", "/-/session"],
    ["PATCH", "/-/session"],
    ["HEAD", "/-/session"],
  ])("take no %s %s", async (method, path) => {
    expect((await ask(server, { method, path, headers: session })).status).toBe(405);
  });

  it.each([
    ["a form", { "content-type": "application/x-www-form-urlencoded" }, "link=x", 400],
    ["text", { "content-type": "text/plain" }, '{"link":"x"}', 400],
    ["no JSON", JSON_BODY, "{", 400],
    ["a list", JSON_BODY, "[]", 400],
    ["another member", JSON_BODY, '{"link":"x","next":"/"}', 400],
    ["a number", JSON_BODY, '{"link":1}', 400],
    ["both ways", JSON_BODY, '{"link":"x","accessKeyId":"x","secretAccessKey":"x"}', 400],
    ["half of a key", JSON_BODY, '{"accessKeyId":"x"}', 400],
    ["a link with odd characters", JSON_BODY, '{"link":"\\u0000\\ud800"}', 401],
    ["a giant", JSON_BODY, `{"link":"${"x".repeat(1_000_000)}"}`, 413],
  ])("refuse to sign in by %s", async (_, headers, body, status) => {
    const answer = await ask(server, { method: "POST", path: "/-/session", headers, body });
    expect([answer.status, answer.json.code]).toEqual([status, expect.any(String)]);
  });

  it("bound a call's body as a signed call's, and serve no agents", async () => {
    const headers = { ...JSON_BODY, ...session, "x-amz-target": LIST };
    const giant = await ask(server, { method: "POST", path: "/-/api", headers, body: "x".repeat(9 * 1024 * 1024) });
    expect([giant.status, giant.json.__type]).toEqual([413, "RequestEntityTooLargeException"]);
    const poll = await call(server, session, "CodeDeployCommandService_v20141006.PollHostCommand", {});
    expect(poll.json.__type).toBe("UnknownOperationException");
  });

  it("show the page at every path below, in no frame and with nothing from elsewhere", async () => {
    const seen: string[] = [];
    for (const path of ["/", "/?x=1", "/-/deployments/d-1?tab=logs", "/-/", "/-/../../etc/passwd", "/-/%2e%2e/x"]) {
      const [get, head] = await Promise.all(["GET", "HEAD"].map((method) => ask(server, { method, path })));
      expect([path, get?.headers["content-type"]]).toEqual([path, "text/html; charset=utf-8"]);
      expect([head?.status, head?.text]).toEqual([get?.status, ""]);
      const { headers } = get!;
      const policy = String(headers["content-security-policy"]);
      seen.push(/'nonce-([^']+)'/.exec(policy)?.[1] ?? "");
      for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
        expect(policy.split("; ")).toContain(part);
      }
      expect(headers).toMatchObject({
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
      });
    }
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("show no page to whoever comes by another name, and no file that is not the page's", async () => {
    expect((await ask(server, { path: "/", headers: { host: "evil.example" } })).status).toBe(421);
    for (const path of ["/-/assets/x.js", "/-/assets/../index.html", "/-/assets/..%2f..%2fpackage.json"]) {
      expect([path, (await ask(server, { path })).status]).toEqual([path, 404]);
    }
  });

  it("leave S3's and the signed paths to those who sign", async () => {
    expect((await ask(server, { path: "/bucket/key" })).text).toContain("<Code>AccessDenied</Code>");
    const sdk = { "amz-sdk-invocation-id": "1" };
    expect((await ask(server, { path: "/", headers: sdk })).text).toContain("<Code>AccessDenied</Code>");
    expect((await ask(server, { path: "/-/backup" })).json.__type).toBe("MissingAuthenticationTokenException");
    expect((await ask(server, { path: "/-/events" })).json.__type).toBe("MissingAuthenticationTokenException");
    const signed = { method: "GET", target: null, service: "s3", body: "" };
    expect((await raw.call(signed)).text).toContain("<ListAllMyBucketsResult");
  });

  it("keep an uploaded page from running in their origin", async () => {
    const upload = { target: null, service: "s3", headers: { "content-type": "text/html" } };
    await raw.call({ ...upload, method: "PUT", path: "/releases", body: "" });
    await raw.call({ ...upload, method: "PUT", path: "/releases/page.html", body: "<script>alert(1)</script>" });
    for (const [path, status] of [
      ["/releases/page.html", 200],
      ["/releases/none.html", 404],
    ] as const) {
      const answer = await raw.call({ ...upload, method: "GET", path, body: "" });
      expect([answer.status, answer.headers]).toEqual([
        status,
        expect.objectContaining({ "content-security-policy": "sandbox", "x-content-type-options": "nosniff" }),
      ]);
    }
    const unsigned = await ask(server, { path: "/releases/page.html" });
    expect(unsigned.headers["content-security-policy"]).toBe("sandbox");
  });

  it("open to what the command line makes, for as long as its key is there", async () => {
    const made = JSON.parse(await server.sluice("keys", "create", "--read-only", "--description", "Ann", "--json"));
    expect(made).toMatchObject({ role: "read-only", description: "Ann" });
    expect(await server.sluice("keys", "list")).toMatch(
      new RegExp(`${made.accessKeyId} +read-only +active +- +\\d+ s ago +Ann\\n`),
    );
    const { url } = JSON.parse(await server.sluice("console", "--no-open", "--json")) as { url: string };
    const [origin, link] = url.split("/#link=");
    expect(origin).toBe(new URL(server.url()).origin);
    expect((await signIn(server, { link })).json.role).toBe("root");
    const { accessKeyId, secretAccessKey } = made;
    expect((await signIn(server, { accessKeyId, secretAccessKey })).json.role).toBe("read-only");
    expect(await server.sluice("keys", "delete", accessKeyId)).toBe(
      `${accessKeyId} is deleted; 1 session of the console ended with it\n`,
    );
    const neither = await server.run("keys", "create");
    expect([neither.exitCode, neither.stderr]).toEqual([
      2,
      expect.stringContaining("--read-only, --for-host, or --root"),
    ]);
  });
});
