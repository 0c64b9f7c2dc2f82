import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { request as requestTls } from "node:https";
import { connect, createServer as createTcpServer, type Server } from "node:net";
import { join } from "node:path";
import { balancerConfig } from "@sluice/drivers/haproxy-balancer/balancer-config.ts";
import { EMPTY_LAYOUT, planLayout } from "@sluice/drivers/haproxy-balancer/balancer-layout.ts";
import { UnsupportedPlan } from "@sluice/drivers/haproxy-balancer/config-word.ts";
import { configTrouble, findHaproxy } from "@sluice/drivers/haproxy-balancer/haproxy-program.ts";
import type { GroupPlan, ListenerAction, ListenerPlan, RuleCondition } from "@sluice/engine/ports/balancer.ts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { CHECK, groupOf, listenerAt, TestBalancer } from "./balancer.fixture.ts";
import { whyNoHaproxy } from "./haproxy-process.fixture.ts";
import { until } from "./until-wanted.fixture.ts";

const missing = whyNoHaproxy();
const DONE = { outcome: "done" };
const NOT_FOUND: ListenerAction = { kind: "fixed-response", status: 404, contentType: "text/plain", body: "nothing" };
const REDIRECT = {
  kind: "redirect",
  status: 302,
  protocol: "#{protocol}",
  host: "#{host}",
  port: "#{port}",
  path: "/#{path}",
  query: "#{query}",
} as const;

describe.skipIf(missing !== null)(`rules of a HAProxy of our own${missing ? ` (skipped: ${missing})` : ""}`, () => {
  let own: TestBalancer;
  let port: number;
  let servers: Server[];

  beforeEach(async () => {
    own = new TestBalancer();
    port = await freePort();
    servers = [];
  });
  afterEach(async () => {
    await own.stop();
    for (const server of servers) await new Promise((resolve) => server.close(resolve));
  });

  const listen = async (server: Server) => {
    servers.push(server);
    const at = await freePort();
    await new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
    return { serverId: `at-${at}`, address: "127.0.0.1", port: at, isDraining: false };
  };
  /** One rule, which answers with its name, before a default of 404. */
  const applyRule = (conditions: readonly RuleCondition[], action: ListenerAction = fixed("rule")) =>
    own.apply({
      listeners: [listenerAt(port, {}, { rules: [{ ruleId: "r", conditions, action }], defaultAction: NOT_FOUND })],
      groups: [],
    });

  it.each<[string, readonly RuleCondition[], readonly Question[], readonly Question[]]>([
    [
      "hosts, without regard to case and port",
      [{ field: "host-header", values: ["*.example.com", "o'neil.org"] }],
      [{ headers: { host: "Shop.EXAMPLE.com:8080" } }, { headers: { host: "o'neil.org" } }],
      [{ headers: { host: "example.com" } }, { headers: { host: "a.exampleXcom" } }],
    ],
    [
      "paths",
      [{ field: "path-pattern", values: ["/img/*", "/a?c", "/x.y"] }],
      [{ path: "/img/" }, { path: "/img/a/b?q=1" }, { path: "/abc" }, { path: "/x.y" }],
      [{ path: "/IMG/a" }, { path: "/ac" }, { path: "/xzy" }, { path: "/other?/img/" }],
    ],
    [
      "headers",
      [{ field: "http-header", name: "X-Canary", values: ["it's (me)*"] }],
      [{ headers: { "x-canary": "It's (me), you know" } }],
      [{ headers: { "x-canary": "its me" } }, {}],
    ],
    ["methods", [{ field: "http-request-method", values: ["POST", "PUT"] }], [{ method: "POST" }], [{ method: "GET" }]],
    [
      "queries",
      [
        {
          field: "query-string",
          values: [
            { key: "v", value: "2*" },
            { key: null, value: "beta" },
          ],
        },
      ],
      [{ path: "/?a=1&V=2b" }, { path: "/?beta" }, { path: "/?x=beta" }],
      [{ path: "/?vv=2" }, { path: "/?a=1&w=2" }, { path: "/beta" }, {}],
    ],
    ["sources", [{ field: "source-ip", values: ["10.0.0.0/8", "127.0.0.0/8"] }], [{}], []],
    ["other sources", [{ field: "source-ip", values: ["10.0.0.0/8", "fd00::/8"] }], [], [{}]],
    [
      "all of several conditions",
      [
        { field: "path-pattern", values: ["/a*"] },
        { field: "http-request-method", values: ["GET"] },
      ],
      [{ path: "/ab" }],
      [{ path: "/ab", method: "POST" }, { path: "/b" }],
    ],
  ])("match %s", async (_name, conditions, matching, other) => {
    expect(await applyRule(conditions)).toEqual(DONE);
    for (const question of matching)
      expect(await ask(port, question), JSON.stringify(question)).toMatchObject({ body: "rule" });
    for (const question of other)
      expect(await ask(port, question), JSON.stringify(question)).toMatchObject({ status: 404 });
  });

  it("take the first that matches", async () => {
    const rules = ["/a*", "/ab*", "*"].map((value, index) => ({
      ruleId: `r${index}`,
      conditions: [{ field: "path-pattern", values: [value] } as const],
      action: fixed(value),
    }));
    await own.apply({ listeners: [listenerAt(port, {}, { rules, defaultAction: NOT_FOUND })], groups: [] });
    expect((await ask(port, { path: "/abc" })).body).toBe("/a*");
    expect((await ask(port, { path: "/b" })).body).toBe("*");
  });

  it("answer and redirect as they are told, whatever is in it", async () => {
    const body = '<p>100% "it\'s" $HOME `x` \\ #{host} %[src]\r\nfrontend evil\n  bind :1\n</p>\u0000ü';
    await applyRule([], { kind: "fixed-response", status: 503, contentType: "text/html; charset=utf-8", body });
    expect(await ask(port, {})).toMatchObject({
      status: 503,
      body,
      headers: { "content-type": "text/html; charset=utf-8" },
    });
    await applyRule([], { kind: "fixed-response", status: 204, contentType: "", body: "" });
    expect(await ask(port, {})).toMatchObject({ status: 204, body: "" });
    const locationOf = async (change: object, question: Question) => {
      expect(await applyRule([], { ...REDIRECT, ...change })).toEqual(DONE);
      return (await ask(port, question)).headers.location;
    };
    const question = { path: "/a%20b/c?d=1&e", headers: { host: "shop.example.com:99" } };
    expect(await locationOf({}, question)).toBe(`http://shop.example.com:${port}/a%20b/c?d=1&e`);
    expect(await locationOf({}, { ...question, path: "/a" })).toBe(`http://shop.example.com:${port}/a`);
    const secure = {
      protocol: "HTTPS",
      port: "443",
      path: "/100%/#{path}/%[src]'\"$PATH",
      query: "from=#{host}&#{query}",
    };
    expect(await locationOf(secure, question)).toBe(
      "https://shop.example.com:443/100%/a%20b/c/%[src]'\"$PATH?from=shop.example.com&d=1&e",
    );
  });

  it("tell servers who asks, and by what", async () => {
    const server = await listen(createServer((asked, response) => response.end(JSON.stringify(asked.headers))));
    await own.apply({ listeners: [listenerAt(port, { web: 1 })], groups: [groupOf("web", [server])] });
    await own.untilHealthy(1);
    const headers = { "x-forwarded-proto": "gopher", "x-forwarded-port": "1", "x-forwarded-for": "1.2.3.4" };
    expect(JSON.parse((await ask(port, { headers })).body)).toMatchObject({
      "x-forwarded-proto": "http",
      "x-forwarded-port": String(port),
      "x-forwarded-for": "1.2.3.4, 127.0.0.1",
    });
  });

  it("serve https by the certificates of the settings, and the rest without them", async () => {
    await own.stop();
    const files = join("/tmp", `sluice-cert-${process.pid}`);
    mkdirSync(files, { recursive: true });
    try {
      const subject = [
        "-subj",
        "/CN=web.example",
        "-days",
        "2",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
      ];
      const made = execFileSync("openssl", ["req", "-x509", "-nodes", ...subject, "-keyout", "-", "-out", "-"], {
        stdio: "pipe",
      });
      writeFileSync(join(files, "web.pem"), made);
      writeFileSync(join(files, "broken.pem"), "nothing");
      own = new TestBalancer({ certificates: { web: join(files, "web.pem"), broken: join(files, "broken.pem") } });
      const secure = (at: number, certificate: string) =>
        listenerAt(at, {}, { protocol: "https", certificate, defaultAction: fixed("secret") });
      const [securePort, brokenPort, unnamedPort] = [port, await freePort(), await freePort()];
      const listeners = [secure(securePort, "web"), secure(brokenPort, "broken"), secure(unnamedPort, "none")];
      expect(await own.apply({ listeners, groups: [] })).toEqual({
        outcome: "failed",
        reason: expect.stringMatching(
          /certificate broken \(.*broken.pem\) has no certificate in it.*; .*the certificate none is not in the setting/,
        ),
      });
      expect(await askTls(securePort)).toBe("secret");
      const { unserved, trouble } = await own.observe();
      expect([...unserved.keys()]).toEqual([listeners[1]!.listenerId, listeners[2]!.listenerId]);
      expect(trouble).toBe("");
      // As soon as the file is right, nobody has to say so.
      writeFileSync(join(files, "broken.pem"), made);
      await until(
        () => own.observe(),
        (facts) => facts.unserved.size === 1,
      );
      expect(await askTls(brokenPort)).toBe("secret");
    } finally {
      rmSync(files, { recursive: true, force: true });
    }
  });

  it("carry tcp, to the group that has the weight", async () => {
    const speak = (name: string) => createTcpServer((socket) => socket.on("error", () => {}).end(name));
    const groups = await Promise.all(
      ["one", "two"].map(async (name) =>
        groupOf(name, [await listen(speak(name))], {
          protocol: "tcp",
          healthCheck: {
            protocol: "tcp",
            path: "",
            matcher: "",
            port: null,
            intervalSeconds: 1,
            timeoutSeconds: 5,
            healthyCount: 2,
            unhealthyCount: 2,
          },
        }),
      ),
    );
    const plan = (one: number) => ({
      listeners: [listenerAt(port, { one, two: 1 - one }, { protocol: "tcp" })],
      groups,
    });
    await own.apply(plan(1));
    await own.untilHealthy(2);
    for (const [one, name] of [
      [1, "one"],
      [0, "two"],
      [1, "one"],
    ] as const) {
      expect(await own.apply(plan(one))).toEqual(DONE);
      expect(await hear(port)).toBe(name);
    }
  });

  it("say whose port it is, and serve the rest; and that one too, once it is free", async () => {
    const taken = await listen(createTcpServer());
    const plan = { listeners: [fixedAt(port), fixedAt(taken.port)], groups: [] };
    const words = new RegExp(`port ${taken.port} is taken by .*\\(process ${process.pid}\\): stop that program`);
    expect(await own.apply(plan)).toEqual({ outcome: "failed", reason: expect.stringMatching(words) });
    expect((await ask(port, {})).body).toBe("here");
    expect((await own.observe()).unserved.get(`listener-${taken.port}`)).toMatch(words);
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    await until(
      () => own.observe(),
      ({ unserved }) => unserved.size === 0,
    );
    expect((await ask(taken.port, {})).body).toBe("here");
    expect(await own.apply(plan)).toEqual(DONE);
  });

  describe("of which HAProxy refuses one", () => {
    const server = () => listen(createServer((_, response) => response.end("web")));
    // No API call can make it: HAProxy knows no redirect of this status.
    const poison = { ...REDIRECT, status: 999 } as unknown as ListenerAction;
    const words = /HAProxy refuses the configuration: .*999/;

    it("serve all others, and say which one is left out and why", async () => {
      const [poisonedPort, otherPort] = [await freePort(), await freePort()];
      const poisoned = listenerAt(poisonedPort, {}, { defaultAction: poison });
      expect(await own.apply({ listeners: [fixedAt(port), poisoned], groups: [] })).toEqual({
        outcome: "failed",
        reason: expect.stringMatching(words),
      });
      // A later change of another one.
      const more = { listeners: [fixedAt(port), poisoned, fixedAt(otherPort)], groups: [] };
      expect(await own.apply(more)).toEqual({
        outcome: "failed",
        reason: expect.stringMatching(new RegExp(`^listener-${poisonedPort}: `)),
      });
      expect((await ask(port, {})).body).toBe("here");
      expect((await ask(otherPort, {})).body).toBe("here");
      const { unserved, trouble } = await own.observe();
      expect([...unserved]).toEqual([[`listener-${poisonedPort}`, expect.stringMatching(/until .* left out$/)]]);
      expect(unserved.get(poisoned.listenerId)).toMatch(words);
      expect(trouble).toBe("");
      expect(await own.apply({ ...more, listeners: [fixedAt(port), fixedAt(poisonedPort)] })).toEqual(DONE);
      expect((await ask(poisonedPort, {})).body).toBe("here");
      expect((await own.observe()).unserved.size).toBe(0);
    });

    it("go on serving it as it was, also over a restart and a new process", async () => {
      const otherPort = await freePort();
      await own.apply({ listeners: [fixedAt(port)], groups: [] });
      const wish = { listeners: [listenerAt(port, {}, { defaultAction: poison }), fixedAt(otherPort)], groups: [] };
      expect(await own.apply(wish)).toEqual({ outcome: "failed", reason: expect.stringMatching(words) });
      const isServed = async () => {
        expect((await ask(port, {})).body).toBe("here");
        expect((await ask(otherPort, {})).body).toBe("here");
        expect((await own.observe()).unserved.get(`listener-${port}`)).toMatch(/served as it was before$/);
      };
      await isServed();
      await own.reopen();
      expect((await own.apply(wish)).outcome).toBe("failed");
      await isServed();
      await own.balancer.shutdown();
      await own.reopen();
      expect((await own.apply(wish)).outcome).toBe("failed");
      await isServed();
    });

    it("keep a target group's health check as it was, and take its new servers", async () => {
      const [first, second] = [await server(), await server()];
      const tooLong = { ...CHECK, intervalSeconds: 9_999_999 };
      const planOf = (values: Partial<GroupPlan>) => ({
        listeners: [listenerAt(port, { web: 1 })],
        groups: [groupOf("web", [first], values)],
      });
      await own.apply(planOf({}));
      await own.untilHealthy(1);
      const poisoned = planOf({ healthCheck: tooLong, servers: [first, second] });
      expect(await own.apply(poisoned)).toEqual({
        outcome: "failed",
        reason: expect.stringMatching(/^web: HAProxy refuses .*inter.*; listener-\d+: its target group web: HAProxy/),
      });
      await own.untilHealthy(2);
      expect((await ask(port, {})).body).toBe("web");
    });
  });

  it("are nothing without the program, which is said", async () => {
    await own.stop();
    own = new TestBalancer({ program: "/nowhere/haproxy" });
    const reason = expect.stringMatching(
      /^\/nowhere\/haproxy is not a program: install it \(apt-get install haproxy\)/,
    );
    expect(await own.apply({ listeners: [fixedAt(port)], groups: [] })).toEqual({ outcome: "failed", reason });
    expect((await own.observe()).trouble).toEqual(reason);
  });

  it("never become configuration: whatever a caller writes is a value, or is refused", async () => {
    const found = await findHaproxy(undefined);
    const program = "path" in found ? found.path : "";
    const place = {
      directory: own.directory,
      address: "127.0.0.1",
      runAs: null,
      threads: 1,
      certificates: new Map<string, string>(),
      certificatesDigest: "",
    };
    writeFileSync(join(own.directory, "weights.map"), "");
    const config = join(own.directory, "fuzz.cfg");
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(hostileText, hostileText, hostileText, async (first, second, third) => {
        const rules = [
          ...conditionsOf(first, second).map((condition, index) => ({
            ruleId: `r${index}`,
            conditions: [condition],
            action: NOT_FOUND,
          })),
          { ruleId: "to", conditions: [], action: { ...REDIRECT, host: first, path: `/${second}`, query: third } },
        ];
        const listeners = [
          listenerAt(port, {}, { rules, defaultAction: { ...NOT_FOUND, contentType: third } as ListenerAction }),
        ];
        const groups = [
          groupOf(first, [], {
            name: second,
            healthCheck: {
              protocol: "http",
              path: `/${third}`,
              matcher: "200",
              port: null,
              intervalSeconds: 1,
              timeoutSeconds: 1,
              healthyCount: 1,
              unhealthyCount: 1,
            },
          }),
        ];
        const plan = { listeners, groups };
        let text: string;
        try {
          ({ text } = balancerConfig(plan, planLayout(plan, EMPTY_LAYOUT, 0), place));
        } catch (error) {
          expect(error).toBeInstanceOf(UnsupportedPlan);
          return;
        }
        accepted += 1;
        // As many sections and lines as with harmless values.
        expect(text.split("\n").filter((line) => /^\S/.test(line) && !line.startsWith("#"))).toHaveLength(6);
        writeFileSync(join(own.directory, /body-\w+/.exec(text)?.[0] ?? "none"), "nothing");
        writeFileSync(config, text);
        expect(await configTrouble(program, config), text).toBeUndefined();
      }),
      { numRuns: 60 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});

const hostileText = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.string({ unit: fc.constantFrom(...`'"\\$%{}[]()#;,|&!*?+^.-~<>=: /aZ0@`), maxLength: 24 }),
  },
  fc.string({ unit: "grapheme", maxLength: 16 }),
  fc.constantFrom(
    "' } use_backend x #",
    "\\' }",
    "$HOME $" + "{HOME}",
    "%[env(HOME)]",
    "-f /etc/passwd",
    "a\nbackend b",
    "'\\''",
    '"',
    "#",
    "-- -i",
    "-m",
    "-n",
    "%%%",
    "\\",
  ),
);

function conditionsOf(value: string, other: string): readonly RuleCondition[] {
  return [
    { field: "host-header", values: [value] },
    { field: "path-pattern", values: [value, other] },
    { field: "http-header", name: "X-Y", values: [other] },
    { field: "query-string", values: [{ key: value, value: other }] },
  ];
}

interface Question {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function fixed(body: string): ListenerAction {
  return { kind: "fixed-response", status: 200, contentType: "text/plain", body };
}

function fixedAt(port: number): ListenerPlan {
  return listenerAt(port, {}, { defaultAction: fixed("here") });
}

function ask(port: number, { path = "/", method = "GET", headers = {} }: Question) {
  return new Promise<{ status: number; body: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    sent.on("error", reject).end();
  });
}

function askTls(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = requestTls({ host: "127.0.0.1", port, rejectUnauthorized: false, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      response.on("error", reject).on("end", () => resolve(body));
    });
    sent.on("error", reject).end();
  });
}

/** All that is said on a connection. */
function hear(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connect(port, "127.0.0.1").setEncoding("utf8");
    socket.on("data", (text) => {
      said += text;
    });
    socket.on("error", reject).on("close", () => resolve(said));
  });
}
