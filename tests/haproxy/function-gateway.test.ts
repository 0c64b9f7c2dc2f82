import { connect } from "node:net";
import { join } from "node:path";
import { askHaproxy, parseRuntimeSocket } from "@sluice/drivers/haproxy-runtime/runtime-socket.ts";
import { newListener, newLoadBalancer, newTargetGroup } from "@sluice/server/balancing/balancing.fixture.ts";
import { type LocalBalancing, localBalancing } from "@sluice/server/balancing/local-balancing.ts";
import { httpGateway } from "@sluice/server/functions/http-gateway/http-gateway.ts";
import type { FunctionInvocation, LocalFunctions } from "@sluice/server/functions/local-functions.ts";
import { systemTimers } from "@sluice/server/loops/timers.ts";
import { saveListener } from "@sluice/server/store/elb/listeners.ts";
import { saveLoadBalancer } from "@sluice/server/store/elb/load-balancers.ts";
import { registerTarget } from "@sluice/server/store/elb/registered-targets.ts";
import { saveTargetGroup } from "@sluice/server/store/elb/target-groups.ts";
import { saveAlias } from "@sluice/server/store/lambda/aliases.ts";
import { insertPermission } from "@sluice/server/store/lambda/permissions.ts";
import { functionAlias } from "@sluice/server/store/lambda/rows.fixture.ts";
import { openStore, type Store } from "@sluice/server/store/open-store.ts";
import { WakeFeed } from "@sluice/server/store/wake-feed.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { TestBalancer } from "./balancer.fixture.ts";
import { whyNoHaproxy } from "./haproxy-process.fixture.ts";
import { until } from "./until-wanted.fixture.ts";
import { WebHost } from "./web-host.fixture.ts";

/** From a listener of a real HAProxy to a function that the test plays, and back. */
const missing = whyNoHaproxy();
const never = new AbortController().signal;
const MEGABYTE = 1024 * 1024;
const REQUESTS = 1_000;
const LIVE = "arn:aws:lambda:us-east-1:111122223333:function:payments:live";
const group = (name: string) =>
  `arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/${name}/0000000000000001`;
const [PAY, WEB] = [group("pay"), group("web")];

interface BalancerEvent {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe("a function behind a listener of a HAProxy", () => {
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }

  const own = new TestBalancer();
  const host = new WebHost("web");
  let store: Store;
  let port: number;
  let balancing: LocalBalancing;
  const events: BalancerEvent[] = [];
  let answer: object = { statusCode: 200, body: "paid" };

  const functions: Pick<LocalFunctions, "invoke"> = {
    invoke: async ({ payload }: FunctionInvocation) => {
      events.push(JSON.parse(Buffer.from(payload).toString()));
      const said = Buffer.from(JSON.stringify(answer));
      return { requestId: "r", executedVersion: "1", outcome: "answered", payload: said, logTail: "" };
    },
  };
  /** As a start of the server does it; the HAProxy is the same. */
  const start = async () => {
    const changes = new WakeFeed();
    const place = {
      address: "127.0.0.1",
      certificates: [],
      ignoresAwsOnly: false,
      allowsLocalTargets: false,
      ownAddresses: () => new Set<string>(),
    };
    const log = { warn() {}, info() {} };
    const onError = () => {};
    const file = join(own.directory, "ports.json");
    balancing = localBalancing(own.balancer, place, {
      ...{ store, timers: systemTimers, changes, tasks: async () => [], log, onError },
      functions: httpGateway({ functions, store, file, now: Date.now, log, onError }),
    });
    balancing.start();
    await balancing.loop.settle(never);
  };
  const setGroup = async (isChecked: boolean) => {
    const { healthCheck } = newTargetGroup();
    const quick = { ...healthCheck, path: "/up?deep=1", intervalSeconds: 1, timeoutSeconds: 1, healthyCount: 1 };
    const pay = newTargetGroup({ arn: PAY, name: "pay", targetType: "lambda", isChecked, healthCheck: quick });
    await store.write(({ db }) => saveTargetGroup(db, pay));
    await balancing?.loop.settle(never);
  };
  const setWeights = async (pay: number, web: number) => {
    const groups = [
      { groupId: PAY, weight: pay },
      { groupId: WEB, weight: web },
    ];
    const listener = newListener({ arn: "front", port, defaultAction: { kind: "forward", groups } });
    await store.write(({ db }) => saveListener(db, listener));
    await balancing?.loop.settle(never);
  };
  const ask = (path = "/", init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, init);
  /** What comes back for bytes, until the balancer ends the connection. */
  const send = (bytes: string) =>
    new Promise<string>((resolve, reject) => {
      let got = "";
      const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
      socket.on("data", (piece) => {
        got += piece;
      });
      socket.on("error", reject);
      socket.on("close", () => resolve(got));
    });

  beforeAll(async () => {
    store = await openStore({ dataDirectory: ":memory:" });
    port = await freePort();
    await host.start();
    const statement = {
      action: "lambda:InvokeFunction",
      principal: "elasticloadbalancing.amazonaws.com",
      sourceArn: PAY,
      sourceAccount: null,
    };
    await store.write(async ({ db }) => {
      await saveAlias(db, functionAlias());
      await insertPermission(db, { functionName: "payments", qualifier: "live", statementId: "elb", statement });
      await saveLoadBalancer(db, newLoadBalancer());
      const { healthCheck } = newTargetGroup();
      const quick = { ...healthCheck, path: "/health", intervalSeconds: 1, timeoutSeconds: 1, healthyCount: 1 };
      await saveTargetGroup(db, newTargetGroup({ arn: WEB, name: "web", healthCheck: quick }));
      await registerTarget(db, { targetGroupArn: WEB, address: "127.0.0.1", port: host.port, registeredAt: 0 });
      await registerTarget(db, { targetGroupArn: PAY, address: LIVE, port: 0, registeredAt: 0 });
    });
    await setGroup(false);
    await setWeights(1, 0);
    await start();
    await until(
      () => balancing.loop.ofServer(WEB, `127.0.0.1:${host.port}`).state,
      (state) => state === "healthy",
    );
  });
  afterAll(async () => {
    await balancing.close();
    await own.stop();
    await store.close();
    await host.stop();
  });

  it("gets requests as events, and answers them", async () => {
    events.length = 0;
    const headers = {
      "Content-Type": "application/json",
      "X-Forwarded-For": "203.0.113.7",
      "X-Sluice-Gateway": "guess",
    };
    const got = await ask("/a%20b?x=1", { method: "POST", headers, body: '{"ö":1}' });
    expect([got.status, await got.text()]).toEqual([200, "paid"]);
    expect(events).toMatchObject([
      {
        httpMethod: "POST",
        path: "/a%20b",
        queryStringParameters: { x: "1" },
        headers: {
          host: `127.0.0.1:${port}`,
          "x-forwarded-for": "203.0.113.7, 127.0.0.1",
          "x-forwarded-proto": "http",
          "x-forwarded-port": String(port),
          "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        },
        body: '{"ö":1}',
        isBase64Encoded: false,
      },
    ]);
    expect(events[0]!.headers).not.toHaveProperty("x-sluice-gateway");
  });

  it("answers what Application Load Balancers do where it cannot", async () => {
    const body = new Uint8Array(MEGABYTE + 1);
    expect((await ask("/", { method: "POST", body })).status).toBe(413);
    const pieces = new ReadableStream({
      start(controller) {
        controller.enqueue(body);
        controller.close();
      },
    });
    expect((await ask("/", { method: "POST", body: pieces, duplex: "half" } as RequestInit)).status).toBe(413);
    answer = { statusCode: 200, headers: { a: "b\r\nSet-Cookie: c" } };
    const got = await ask();
    expect([got.status, got.headers.get("set-cookie")]).toEqual([502, null]);
    answer = { statusCode: 200, body: "paid" };
    const upgrade = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    expect(await send(upgrade)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("sees one request for each that the balancer sees, however its length is told", async () => {
    const inner = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    const head = "POST /outer HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    for (const lengths of [
      `Content-Length: ${inner.length}\r\nTransfer-Encoding: chunked\r\n`,
      "Content-Length: 0\r\nContent-Length: 5\r\n",
      "Transfer-Encoding: xchunked\r\n",
      "Transfer-Encoding : chunked\r\n",
      `Content-Length: ${inner.length}\r\n`,
    ]) {
      events.length = 0;
      await send(`${head}${lengths}\r\n${inner}`).catch(() => "");
      expect(events.map(({ path }) => path)).not.toContain("/smuggled");
    }
  });

  it("has its share beside other target groups", async () => {
    await setWeights(3, 1);
    const seen: Record<string, number> = { paid: 0, web: 0 };
    for (let index = 0; index < REQUESTS; index += 1) seen[await (await ask()).text()]! += 1;
    await setWeights(1, 0);
    // Within six times the standard deviation.
    expect(Math.abs(seen.paid! / REQUESTS - 0.75)).toBeLessThan(0.085);
    expect(seen.paid! + seen.web!).toBe(REQUESTS);
  });

  it("is checked through the function where that is wanted", async () => {
    answer = { statusCode: 500 };
    events.length = 0;
    await setGroup(true);
    const stateNow = () => balancing.loop.ofServer(PAY, `${LIVE}:0`).state;
    await until(stateNow, (state) => state === "unhealthy");
    expect(events[0]).toMatchObject({
      httpMethod: "GET",
      path: "/up",
      queryStringParameters: { deep: "1" },
      headers: { "user-agent": "ELB-HealthChecker/2.0" },
    });
    expect(Object.keys(events[0]!.headers)).toEqual(["user-agent"]);
    // The connection that is kept is answered once more by the process before.
    const statusNow = async () => (await ask()).status;
    await until(statusNow, (status) => status === 503);
    answer = { statusCode: 200, body: "paid" };
    await until(stateNow, (state) => state === "healthy");
    expect((await ask()).status).toBe(200);
    await setGroup(false);
  });

  it("answers 503 while Sluice is away, and again when it is back, by the same HAProxy without a reload", async () => {
    const socket = parseRuntimeSocket(join(own.directory, "worker.sock"))!;
    const workerNow = async () => /^Pid: \d+$/m.exec(await askHaproxy(socket, "show info", never))?.[0];
    const before = await workerNow();
    await balancing.close();
    expect((await ask()).status).toBe(503);
    await own.reopen();
    await start();
    expect(await (await ask()).text()).toBe("paid");
    expect(before).toBeDefined();
    expect(await workerNow()).toBe(before);
  });
});
