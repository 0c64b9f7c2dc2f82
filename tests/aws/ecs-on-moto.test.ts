import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { verifyWebhook, type WebhookHeaders } from "@sluice/drivers/webhook/webhook-signature.ts";
import { hookReport, readHookExecutionId } from "@sluice/engine/hook-execution.ts";
import type { HookInvocation } from "@sluice/engine/ports/hook-invoker.ts";
import type { EcsBlueGreen } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { BINDABLE_DRIVERS } from "@sluice/server/bindings/bindable-drivers.ts";
import { composeDrivers, type Drivers } from "@sluice/server/bindings/compose-drivers.ts";
import { parseSluiceYml } from "@sluice/server/config/sluice-yml.ts";
import { systemTimers } from "@sluice/server/loops/timers.ts";
import { type RunnerFixture, runnerFixture } from "@sluice/server/runner/runner.fixture.ts";
import { commitHeadEvent } from "@sluice/server/store/commit-events.ts";
import { lockDeployments, readHead } from "@sluice/server/store/deployments.ts";
import { type OpenStore, openStore } from "@sluice/server/store/open-store.ts";
import { loadTargets } from "@sluice/server/store/targets.ts";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../installation/until.fixture.ts";
import { createEcsCloud, type EcsCloud, type EcsWorld } from "./ecs-cloud.fixture.ts";
import { type MotoServer, startMoto, whyNoMoto } from "./moto-server.fixture.ts";

// The strategy of ECS through a sluice.yml that binds the drivers ecs, elbv2, lambda and https. The calls, their order and what AWS' stand-in
// holds afterwards are real. What moto can not show, since it runs no tasks and balances no traffic:
// - task sets are STEADY_STATE as soon as they are made, and say nothing of their counts; a deleted one is gone at once and never DRAINING;
//   `force` and `clientToken` mean nothing, CreateService under CODE_DEPLOY makes no task set (the test makes the primary itself), and
//   CreateTaskSet of the launch type EC2 answers 500 where the cluster has no machines (the test's services are of Fargate);
// - weights are kept, and send nothing anywhere; health checks are not made;
// - no role is refused anything, and a function is taken and not run: its answer is given by the test.
// What AWS documents of all that is played by servers of ours: drivers/src/ecs/ecs-api.fixture.ts and the contracts of the ports.

const whyNot = whyNoMoto();
const SECRET = "a-secret-for-the-tests";
const RULE = { type: "HOST_COUNT", value: 0 } as const;
const SECOND = 1_000;
const HOUR = 3_600_000;
const ROLLING_BACK = {
  autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"] },
};
function noObjects(): never {
  throw new Error("nobody asks for objects here");
}

describe("an ECS deployment through the drivers of AWS, against moto", () => {
  const undo = new AsyncDisposableStack();
  let moto: MotoServer;
  let cloud: EcsCloud;
  let endpoint: string;
  /** What the https hook was sent. */
  const posts: { readonly headers: WebhookHeaders; readonly body: string }[] = [];

  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));

  beforeAll(async () => {
    if (whyNot !== null) return;
    moto = await startMoto();
    undo.defer(() => moto.stop());
    cloud = await createEcsCloud(moto);
    undo.defer(() => cloud.close());
    endpoint = await openEndpoint();
  }, 180_000);
  afterAll(() => undo.disposeAsync());

  async function openEndpoint(): Promise<string> {
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      posts.push({ headers: request.headers as unknown as WebhookHeaders, body });
      response.writeHead(202).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    undo.defer(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  }

  const strategyOf = ({ service, pair }: EcsWorld, changes: Partial<EcsBlueGreen> = {}): EcsBlueGreen => ({
    type: "ecs-blue-green",
    schedule: { type: "linear", percent: 40, intervalMilliseconds: SECOND },
    service,
    taskSet: { taskDefinition: "web:2", containerName: "web", containerPort: 80 },
    pair,
    hooks: {},
    serviceRoleArn: service.serviceRoleArn,
    hookTimeoutMilliseconds: HOUR,
    hookMustAnswer: false,
    failsEarly: true,
    readyWaitMilliseconds: null,
    terminationWaitMilliseconds: null,
    ...changes,
  });

  describe("with a server", () => {
    let fixture: RunnerFixture;
    let drivers: Drivers;
    let driverStore: OpenStore;
    /** The weight of the replacement after each change of production traffic, as the balancer has it. */
    let shares: (number | undefined)[];
    let lambdaRuns: HookInvocation[];

    beforeEach(async () => {
      if (whyNot !== null) return;
      shares = [];
      lambdaRuns = [];
      posts.length = 0;
      const { region, accessKeyId, secretAccessKey } = moto.settings;
      const keys = `region: ${region}, accessKeyId: ${accessKeyId}, secretAccessKey: ${secretAccessKey}`;
      const settings = `{ ${keys}, endpoint: "${moto.url}", assumeServiceRole: true }`;
      const config = parseSluiceYml(
        [
          "bindings:",
          `  - { match: shop, port: task-sets, driver: ecs, settings: ${settings} }`,
          `  - { match: "web-*", port: weighted-router, driver: elbv2, settings: ${settings} }`,
          `  - { match: "CodeDeployHook_*", port: hook-invoker, driver: lambda, settings: ${settings} }`,
          `  - { match: "check-*", port: hook-invoker, driver: https, settings: { url: "${endpoint}", secret: ${SECRET} } }`,
        ].join("\n"),
        "sluice.yml",
        BINDABLE_DRIVERS,
      );
      driverStore = await openStore({ dataDirectory: ":memory:" });
      drivers = await composeDrivers({
        store: driverStore,
        config,
        region,
        bucket: {
          head: noObjects,
          open: noObjects,
          sha256: noObjects,
          headBucket: noObjects,
          createBucket: noObjects,
          put: noObjects,
          delete: noObjects,
          list: noObjects,
        },
        timers: systemTimers,
        log: pino({ level: "silent" }),
      });
      const { taskSets, weightedRouter, hookInvoker } = drivers.shiftPorts;
      if (!taskSets || !weightedRouter || !hookInvoker) throw new Error("all three ports are bound");
      fixture = await runnerFixture([], systemTimers, {
        shiftPorts: {
          taskSets,
          weightedRouter: {
            ...weightedRouter,
            splitProduction: async (pair, weights, signal) => {
              const outcome = await weightedRouter.splitProduction(pair, weights, signal);
              shares.push((await cloud.weightsAt(pair.productionListener)).green);
              return outcome;
            },
          },
          hookInvoker: {
            ...hookInvoker,
            invoke: async (invocation, signal) => {
              const outcome = await hookInvoker.invoke(invocation, signal);
              if (invocation.hook.startsWith("CodeDeployHook_") && outcome.outcome === "done") {
                lambdaRuns.push(invocation);
              }
              return outcome;
            },
          },
        },
      });
    });
    afterEach(async () => {
      await fixture?.close();
      await drivers?.close();
      await driverStore?.close();
    });

    const start = (strategy: EcsBlueGreen, request: object = {}) =>
      fixture.createDeployment("d-ECSMOTO11", RULE, { strategy, request });
    const headOf = async (deploymentId: string) => {
      const row = await fixture.store.db
        .selectFrom("deployments")
        .selectAll()
        .where("deployment_id", "=", deploymentId)
        .executeTakeFirst();
      return row && readHead(row);
    };
    const ends = (deploymentId: string, status: string) =>
      until(`${deploymentId} is ${status}`, async () => {
        const head = await headOf(deploymentId);
        const over = ["Succeeded", "Failed", "Stopped"].includes(head?.status ?? "");
        if (over && head?.status !== status) throw new Error(`${head?.status}: ${JSON.stringify(head?.error)}`);
        return head?.status === status ? true : undefined;
      });
    /** As PutLifecycleEventHookExecutionStatus brings it in. */
    const answer = async (executionId: string, succeeded: boolean) => {
      const execution = readHookExecutionId(executionId);
      if (!execution) throw new Error(`${executionId} is no execution`);
      const { targetId } = execution;
      const report = hookReport(execution, succeeded);
      await fixture.runner.report({ deploymentId: "d-ECSMOTO11", targetId, report });
    };
    const postedExecution = () =>
      until("the https hook was sent", async () => {
        const body = posts.at(-1)?.body;
        return body === undefined ? undefined : (JSON.parse(body).LifecycleEventHookExecutionId as string);
      });

    it("runs its hooks, shifts by its schedule, makes the replacement primary and removes the original", async () => {
      const world = await cloud.createService();
      const hooks = { BeforeInstall: "CodeDeployHook_before", AfterAllowTestTraffic: "check-web" };
      await start(strategyOf(world, { hooks, terminationWaitMilliseconds: 0 }));
      const run = await until("the function was invoked", async () => lambdaRuns[0]);
      expect(await cloud.taskSetsOf(world)).toHaveLength(1);
      await answer(run.executionId, true);
      const executionId = await postedExecution();
      // Test traffic comes before any of production's.
      expect(await cloud.weightsAt(world.pair.testListener ?? "")).toEqual({ blue: 0, green: 100 });
      expect(shares).toEqual([]);
      const [post] = posts;
      expect(JSON.parse(post?.body ?? "")).toEqual({
        DeploymentId: "d-ECSMOTO11",
        LifecycleEventHookExecutionId: executionId,
      });
      expect(verifyWebhook(post?.headers as WebhookHeaders, post?.body ?? "", SECRET, Date.now() / 1_000)).toBe(true);
      await answer(executionId, true);
      await ends("d-ECSMOTO11", "Succeeded");
      expect(shares).toEqual([40, 80, 100]);
      expect(await cloud.weightsAt(world.pair.productionListener)).toEqual({ blue: 0, green: 100 });
      expect(await cloud.taskSetsOf(world)).toEqual([
        { id: expect.any(String), status: "PRIMARY", externalId: "d-ECSMOTO11", taskDefinition: "web:2" },
      ]);
      const [target] = (await loadTargets(fixture.store, "d-ECSMOTO11")) ?? [];
      expect(target?.lifecycleEvents.map(({ status }) => status)).toEqual(Array(8).fill("Succeeded"));
    }, 180_000);

    it("goes back when its hook says no, and leaves listeners and service as they were", async () => {
      const world = await cloud.createService();
      await start(strategyOf(world, { hooks: { AfterAllowTestTraffic: "check-web" } }), ROLLING_BACK);
      await answer(await postedExecution(), false);
      await ends("d-ECSMOTO11", "Failed");
      await ends("d-ROLLBACK1", "Succeeded");
      expect(await cloud.weightsAt(world.pair.productionListener)).toEqual({ blue: 100, green: 0 });
      expect(await cloud.weightsAt(world.pair.testListener ?? "")).toEqual({ blue: 100, green: 0 });
      expect(await cloud.taskSetsOf(world)).toEqual([
        { id: world.blue, status: "PRIMARY", externalId: "", taskDefinition: "web:1" },
      ]);
    }, 180_000);

    it("goes back after all traffic has moved, when it is stopped while the original is kept", async () => {
      const world = await cloud.createService();
      await start(strategyOf(world, { terminationWaitMilliseconds: HOUR }), ROLLING_BACK);
      await until("the original is kept", async () => {
        return (await headOf("d-ECSMOTO11"))?.wait?.kind === "termination" ? true : undefined;
      });
      expect((await cloud.taskSetsOf(world)).map(({ status }) => status).sort()).toEqual(["ACTIVE", "PRIMARY"]);
      await fixture.store.write(async (transaction) => {
        const [row] = await lockDeployments(transaction, ["d-ECSMOTO11"]);
        if (row) await commitHeadEvent(transaction, row, { type: "stopRequested" }, { at: Date.now(), wakeAt: 0 });
      });
      fixture.runner.wake();
      await ends("d-ECSMOTO11", "Stopped");
      await ends("d-ROLLBACK1", "Succeeded");
      expect(shares).toEqual([40, 80, 100, 0]);
      expect(await cloud.taskSetsOf(world)).toMatchObject([{ id: world.blue, status: "PRIMARY" }]);
    }, 180_000);

    it.each<[string, (world: EcsWorld) => EcsBlueGreen, string, RegExp]>([
      [
        "a group without a role",
        (world) => strategyOf({ ...world, service: { clusterName: "shop", serviceName: world.service.serviceName } }),
        "IAM_ROLE_MISSING",
        /IAM Role is missing/,
      ],
      [
        "a service that is not there",
        (world) => strategyOf({ ...world, service: { ...world.service, serviceName: "nothing" } }),
        "INVALID_ECS_SERVICE",
        /no service shop:nothing/,
      ],
      [
        "a cluster that no binding names",
        (world) => strategyOf({ ...world, service: { ...world.service, clusterName: "lab" } }),
        "INVALID_ECS_SERVICE",
        /no binding says who runs the service "lab\/web-.*driver: ecs/,
      ],
      [
        "a target group that is not there",
        (world) =>
          strategyOf({ ...world, pair: { ...world.pair, targetGroups: [world.pair.targetGroups[0], "web-x"] } }),
        "ELASTIC_LOAD_BALANCING_INVALID",
        /there is no target group web-x/,
      ],
      [
        "a function that is not there",
        (world) => strategyOf(world, { hooks: { BeforeInstall: "CodeDeployHook_nothing" } }),
        "HOOK_EXECUTION_FAILURE",
        /there is no function CodeDeployHook_nothing/,
      ],
    ])(
      "does not begin with %s",
      async (_name, strategy, code, message) => {
        const world = await cloud.createService();
        await start(strategy(world));
        await ends("d-ECSMOTO11", "Failed");
        expect((await headOf("d-ECSMOTO11"))?.error).toMatchObject({ code, message: expect.stringMatching(message) });
        expect(await cloud.taskSetsOf(world)).toHaveLength(1);
      },
      180_000,
    );
  });
});
