import { type DeploymentInfo, StopDeploymentCommand } from "@aws-sdk/client-codedeploy";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FUNCTION_ROLE } from "../functions/function-shop.fixture.ts";
import { CUSTOMER } from "../functions/function-sources.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { type GaugeTarget, startGaugeTarget } from "../prometheus/gauge-target.fixture.ts";
import { type PrometheusServer, startPrometheus, whyNoPrometheus } from "../prometheus/prometheus-server.fixture.ts";
import { ContainerShop, whyNoContainerShop } from "./container-shop.fixture.ts";
import { type ShopLoad, startShopLoad } from "./shop-load.fixture.ts";

const missing = whyNoContainerShop() ?? whyNoPrometheus();
const SAMPLE = 200;
const CUSTOMER_HOOK = "CodeDeployHook_customer";

describe("a deployment to containers that goes back", () => {
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }
  const undo = new AsyncDisposableStack();
  let gauges: GaugeTarget;
  let prometheus: PrometheusServer;
  let shop: ContainerShop;
  let load: ShopLoad;
  let original: readonly string[];

  beforeAll(async () => {
    gauges = await startGaugeTarget({ fire: 0 });
    undo.defer(() => gauges.stop());
    const rules = { groups: [{ name: "house", rules: [{ alert: "Fire", expr: "fire > 0" }] }] };
    prometheus = await startPrometheus({ targets: [gauges.address], rules });
    undo.defer(() => prometheus.stop());
    shop = await ContainerShop.open(undo, { alarms: prometheus.url });
    await shop.createConfig("linear", {
      type: "TimeBasedLinear",
      timeBasedLinear: { linearPercentage: 40, linearInterval: 60 },
    });
    original = await shop.runningTasks();
  });
  beforeEach(() => {
    load = startShopLoad(shop.productionPort);
  });
  afterEach(() => load.kill());
  afterAll(() => undo.disposeAsync());

  /** All traffic is on the original, whose tasks have never been touched, and nothing is left of the replacement. */
  async function expectBack(deploymentId: string, ended: DeploymentInfo): Promise<void> {
    const { rollbackDeploymentId = "" } = ended.rollbackInfo ?? {};
    const rollback = await shop.end(rollbackDeploymentId);
    expect(rollback, rollback.errorInformation?.message).toMatchObject({
      status: "Succeeded",
      creator: "codeDeployRollback",
      deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
      rollbackInfo: { rollbackTriggeringDeploymentId: deploymentId },
    });
    expect(await shop.weights("production")).toEqual({ blue: 100, green: 0 });
    expect(await shop.weights("test")).toEqual({ blue: 100, green: 0 });
    await until(
      "the end of the replacement's tasks",
      async () => (await shop.runningTasks()).length === original.length,
    );
    expect(await shop.runningTasks()).toEqual(original);
    const { taskSets = [] } = await shop.service();
    expect(taskSets.map(({ status, runningCount }) => ({ status, runningCount }))).toEqual([
      { status: "PRIMARY", runningCount: 2 },
    ]);
    expect(await load.shares(SAMPLE)).toEqual({ 1: 100 });
    expect(await shop.answer(shop.testPort)).toBe("1");
    expect((await load.end()).failures).toEqual({});
  }

  /** A hook that is a function of the same server, and a customer of the shop by its test listener. */
  async function createCustomer(): Promise<void> {
    const credentials = await shop.codeDeploy.config.credentials();
    const lambda = new LambdaClient({ endpoint: shop.server.url(), region: "us-east-1", credentials });
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: CUSTOMER_HOOK,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Role: FUNCTION_ROLE,
        Code: { ZipFile: zipOf(CUSTOMER) },
        Timeout: 60,
        MemorySize: 256,
        Environment: { Variables: { SHOP: `http://127.0.0.1:${shop.testPort}/` } },
      }),
    );
    lambda.destroy();
  }

  it("does so when a function of this server finds fault with test traffic", async () => {
    await createCustomer();
    const hooks = { BeforeInstall: CUSTOMER_HOOK, AfterAllowTestTraffic: CUSTOMER_HOOK };
    const deploymentId = await shop.deploy({ version: "2", hooks });
    const ended = await shop.end(deploymentId);
    expect(ended).toMatchObject({ status: "Failed", errorInformation: { code: "HOOK_EXECUTION_FAILURE" } });
    const said = await shop.server.sluice("logs", "--function", CUSTOMER_HOOK);
    expect(said.match(/met version . in \S+/g)).toEqual([1, 2].map((each) => `met version ${each} in ${deploymentId}`));
    await expectBack(deploymentId, ended);
  });

  it("does so when a hook finds fault with test traffic, and no customer has met the new version", async () => {
    const met: string[] = [];
    shop.hooks.answer = null;
    const deploymentId = await shop.deploy({ version: "2", hooks: { AfterAllowTestTraffic: "check-web" } });
    const hook = await until("the hook is asked", () => shop.hooks.received.at(-1));
    expect(hook).toMatchObject({ deploymentId, event: "AfterAllowTestTraffic", isGenuine: true });
    met.push(await shop.answer(shop.testPort), await shop.answer());
    expect(met).toEqual(["2", "1"]);
    await shop.hooks.say(hook, "Failed");
    const ended = await shop.end(deploymentId);
    expect(ended).toMatchObject({ status: "Failed", errorInformation: { code: "HOOK_EXECUTION_FAILURE" } });
    const { lifecycleEvents = [] } = await shop.target(deploymentId);
    expect(lifecycleEvents.map(({ lifecycleEventName, status }) => `${lifecycleEventName} ${status}`)).toEqual([
      "BeforeInstall Succeeded",
      "Install Succeeded",
      "AfterInstall Succeeded",
      "AllowTestTraffic Succeeded",
      "AfterAllowTestTraffic Failed",
      "BeforeAllowTraffic Skipped",
      "AllowTraffic Skipped",
      "AfterAllowTraffic Skipped",
    ]);
    expect(Object.keys((await load.snapshot()).versions)).toEqual(["1"]);
    await expectBack(deploymentId, ended);
  });

  it("does so when an alarm fires in mid-shift", async () => {
    await shop.changeGroup({ alarmConfiguration: { enabled: true, alarms: [{ name: "Fire" }] } });
    const deploymentId = await shop.deploy({ version: "3" }, { deploymentConfigName: "linear" });
    await shop.untilWeight(deploymentId, 40);
    expect(Object.keys(await load.shares(SAMPLE)).sort()).toEqual(["1", "3"]);
    gauges.set("fire", 1);
    const ended = await shop.end(deploymentId);
    expect(ended).toMatchObject({
      status: "Stopped",
      errorInformation: { code: "ALARM_ACTIVE", message: expect.stringContaining("Fire") },
    });
    await expectBack(deploymentId, ended);
    gauges.set("fire", 0);
    await shop.changeGroup({ alarmConfiguration: { enabled: false, alarms: [] } });
  });

  it("does so when it is stopped in mid-shift", async () => {
    const deploymentId = await shop.deploy({ version: "4" }, { deploymentConfigName: "linear" });
    await shop.untilWeight(deploymentId, 40);
    await shop.next(deploymentId);
    await shop.untilWeight(deploymentId, 80);
    await shop.codeDeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
    const ended = await shop.end(deploymentId);
    expect(ended).toMatchObject({ status: "Stopped", errorInformation: { code: "MANUAL_STOP" } });
    await expectBack(deploymentId, ended);
  });

  it("does so when all traffic has moved and the original is still kept", async () => {
    await shop.changeGroup({
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 },
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 60 },
      },
    });
    const deploymentId = await shop.deploy({ version: "5" });
    await until("the termination wait", async () => {
      const info = await shop.deployment(deploymentId);
      if (info.completeTime) throw new Error(`${info.status}: ${info.errorInformation?.message}`);
      return info.instanceTerminationWaitTimeStarted;
    });
    expect(await load.shares(SAMPLE)).toEqual({ 5: 100 });
    expect(await shop.shown(deploymentId)).toMatchObject({
      Blue: { weight: 0, status: "ACTIVE", running: 2 },
      Green: { weight: 100, status: "PRIMARY", running: 2 },
    });
    await shop.codeDeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
    const ended = await shop.end(deploymentId);
    expect(ended.status).toBe("Stopped");
    await expectBack(deploymentId, ended);
  });
});
