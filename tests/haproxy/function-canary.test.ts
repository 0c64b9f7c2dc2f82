import { randomUUID } from "node:crypto";
import { Agent, request as httpRequest } from "node:http";
import { join } from "node:path";
import { FIRST_UID, IS_ROOT, openRunner } from "@sluice/drivers/function-processes/process-runner.fixture.ts";
import { newListener, newLoadBalancer, newTargetGroup } from "@sluice/server/balancing/balancing.fixture.ts";
import { localBalancing } from "@sluice/server/balancing/local-balancing.ts";
import { createFunctionHost } from "@sluice/server/functions/function-host.ts";
import { httpGateway } from "@sluice/server/functions/http-gateway/http-gateway.ts";
import { systemTimers } from "@sluice/server/loops/timers.ts";
import { saveListener } from "@sluice/server/store/elb/listeners.ts";
import { saveLoadBalancer } from "@sluice/server/store/elb/load-balancers.ts";
import { registerTarget } from "@sluice/server/store/elb/registered-targets.ts";
import { saveTargetGroup } from "@sluice/server/store/elb/target-groups.ts";
import { saveAlias } from "@sluice/server/store/lambda/aliases.ts";
import { changeFunctions } from "@sluice/server/store/lambda/change-functions.ts";
import { insertFunction } from "@sluice/server/store/lambda/functions.ts";
import { insertPermission } from "@sluice/server/store/lambda/permissions.ts";
import {
  functionAlias,
  functionConfiguration,
  functionRow,
  functionVersion,
} from "@sluice/server/store/lambda/rows.fixture.ts";
import { LATEST, saveVersion } from "@sluice/server/store/lambda/versions.ts";
import { openStore } from "@sluice/server/store/open-store.ts";
import { WakeFeed } from "@sluice/server/store/wake-feed.ts";
import { expect, it } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { TestBalancer } from "./balancer.fixture.ts";
import { whyNoHaproxy } from "./haproxy-process.fixture.ts";

/** At each weight. Of 10,000, as `npm run prove` asks for, a share is within 2 points of the weight but for one run in 30,000. */
const REQUESTS = Number(process.env.SLUICE_FUNCTION_REQUESTS ?? 400);
/** Five standard deviations of fewer. */
const TOLERANCE = Math.max(0.02, 2.5 / Math.sqrt(REQUESTS));
const CLIENTS = 4;
const WEIGHTS = [0, 0.1, 0.5, 1];
const SCOPE = { region: "us-east-1", accountId: "111122223333" };
const GROUP = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/pay/0000000000000001";
const never = new AbortController().signal;

/** What a function says of itself, and of the event that it got. */
const HANDLER = `exports.handler = async (event) => {
  if (event.path === "/fail") throw new Error("as asked");
  return { statusCode: 200, headers: { "x-version": process.env.AWS_LAMBDA_FUNCTION_VERSION }, body: event.body || event.path };
};`;

async function openWorld() {
  const own = new TestBalancer();
  const code = openRunner();
  const store = await openStore({ dataDirectory: ":memory:" });
  const functionChanges = new WakeFeed();
  const { codeSha256 } = code.plan({ "index.js": HANDLER });
  const log = { warn() {}, info() {} };
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const host = createFunctionHost({
    ...{ store, timers: systemTimers, runner: code.runner, changes: functionChanges, scope: SCOPE, onError },
    ...{ owner: "test", concurrency: CLIENTS, idleMilliseconds: 300_000, random: Math.random, randomUuid: randomUUID },
    logs: { logOf: () => ({ write: () => {} }), keepOnly: async () => {}, close: async () => {} },
  });
  const route = (weight: number) =>
    changeFunctions({ store, changes: functionChanges }, ({ db }) => {
      const second = weight === 0 ? null : { version: "2", weight };
      return saveAlias(db, functionAlias({ second }));
    });
  const port = await freePort();
  await route(0);
  await store.write(async ({ db }) => {
    await insertFunction(db, functionRow({ uid: IS_ROOT ? FIRST_UID : null }));
    const configuration = functionConfiguration({ runtime: "nodejs24.x", memoryMegabytes: 256 });
    for (const version of [LATEST, "1", "2"]) {
      await saveVersion(db, functionVersion({ version, codeSha256, configuration, revisionId: randomUUID() }));
    }
    const statement = {
      action: "lambda:InvokeFunction",
      principal: "elasticloadbalancing.amazonaws.com",
      sourceArn: GROUP,
      sourceAccount: null,
    };
    await insertPermission(db, { functionName: "payments", qualifier: "live", statementId: "elb", statement });
    await saveLoadBalancer(db, newLoadBalancer());
    await saveTargetGroup(db, newTargetGroup({ arn: GROUP, name: "pay", targetType: "lambda", isChecked: false }));
    const groups = [{ groupId: GROUP, weight: 1 }];
    await saveListener(db, newListener({ port, defaultAction: { kind: "forward", groups } }));
    const address = `arn:aws:lambda:us-east-1:111122223333:function:payments:live`;
    await registerTarget(db, { targetGroupArn: GROUP, address, port: 0, registeredAt: 0 });
  });
  const place = {
    ...{ address: "127.0.0.1", certificates: [], ignoresAwsOnly: false, allowsLocalTargets: false },
    ownAddresses: () => new Set<string>(),
  };
  const file = join(own.directory, "doors.json");
  const balancing = localBalancing(own.balancer, place, {
    ...{ store, timers: systemTimers, changes: new WakeFeed(), tasks: async () => [], log, onError },
    functions: httpGateway({ functions: host.functions, store, file, now: Date.now, log, onError }),
  });
  host.start();
  balancing.start();
  await balancing.loop.settle(never);
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  return {
    route,
    errors,
    ask: (path = "/", body?: string) =>
      new Promise<{ status: number; version: string; body: string }>((resolve, reject) => {
        const method = body === undefined ? "GET" : "POST";
        const headers = { "content-type": "text/plain" };
        const sent = httpRequest({ host: "127.0.0.1", port, path, method, headers, agent }, (answer) => {
          let text = "";
          answer.setEncoding("utf8");
          answer.on("data", (piece) => {
            text += piece;
          });
          answer.on("error", reject);
          answer.on("end", () => {
            resolve({ status: answer.statusCode ?? 0, version: String(answer.headers["x-version"]), body: text });
          });
        });
        sent.on("error", reject);
        sent.end(body);
      }),
    close: async () => {
      agent.destroy();
      await balancing.close();
      await host.close();
      await own.stop();
      await store.close();
      await code.close();
    },
  };
}

it.skipIf(whyNoHaproxy() !== null)("an alias's weights are what clients of a listener see", async () => {
  const world = await openWorld();
  try {
    expect(await world.ask("/a%20b?x=1")).toEqual({ status: 200, version: "1", body: "/a%20b" });
    expect(await world.ask("/", "ö".repeat(300_000))).toMatchObject({ status: 200, body: "ö".repeat(300_000) });
    expect(await world.ask("/fail")).toMatchObject({ status: 502 });
    for (const weight of WEIGHTS) {
      await world.route(weight);
      let left = REQUESTS;
      let second = 0;
      const client = async () => {
        while (left-- > 0) {
          const { status, version } = await world.ask();
          expect(status).toBe(200);
          if (version === "2") second += 1;
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      const tolerance = weight === 0 || weight === 1 ? 0 : TOLERANCE;
      expect(Math.abs(second / REQUESTS - weight)).toBeLessThanOrEqual(tolerance);
    }
    expect(world.errors).toEqual([]);
  } finally {
    await world.close();
  }
});
