import { type DeploymentInfo, StopDeploymentCommand } from "@aws-sdk/client-codedeploy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoAwsCli } from "../installation/installed-programs.fixture.ts";
import { cleanEnvironment, runProgram } from "../installation/sluice-server.fixture.ts";
import { type GaugeTarget, startGaugeTarget } from "../prometheus/gauge-target.fixture.ts";
import { startPrometheus, whyNoPrometheus } from "../prometheus/prometheus-server.fixture.ts";
import { CHECK, FunctionShop } from "./function-shop.fixture.ts";

const CANARY_PERCENT = 40;

describe("a deployment to a function of this server", () => {
  const undo = new AsyncDisposableStack();
  const noPrometheus = whyNoPrometheus();
  let gauges: GaugeTarget;
  let shop: FunctionShop;
  /** That of the alias, while nothing is deployed. */
  let current = "1";

  beforeAll(async () => {
    gauges = await startGaugeTarget({ fire: 0 });
    undo.defer(() => gauges.stop());
    let alarms: string | undefined;
    if (noPrometheus === null) {
      const rules = { groups: [{ name: "house", rules: [{ alert: "Fire", expr: "fire > 0" }] }] };
      const prometheus = await startPrometheus({ targets: [gauges.address], rules });
      undo.defer(() => prometheus.stop());
      alarms = prometheus.url;
    }
    shop = await FunctionShop.open(undo, { alarms });
    // Nothing moves by itself before the tests are over.
    await shop.createConfig("canary", {
      type: "TimeBasedCanary",
      timeBasedCanary: { canaryPercentage: CANARY_PERCENT, canaryInterval: 60 },
    });
  });
  afterAll(() => undo.disposeAsync());

  /** Of a new version, whose first part of the traffic has moved. */
  async function deployHalfway(): Promise<{ readonly deploymentId: string; readonly version: string }> {
    const version = await shop.publish();
    const deploymentId = await shop.deploy({ to: version, config: "canary" });
    await shop.untilWeight(deploymentId, CANARY_PERCENT);
    expect(await shop.weights()).toEqual({ [current]: 0.6, [version]: 0.4 });
    return { deploymentId, version };
  }

  async function expectBack(deploymentId: string, { rollbackInfo }: DeploymentInfo): Promise<void> {
    const rollback = await shop.end(rollbackInfo?.rollbackDeploymentId ?? "", "Succeeded");
    expect(rollback).toMatchObject({
      creator: "codeDeployRollback",
      deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce",
      rollbackInfo: { rollbackTriggeringDeploymentId: deploymentId },
    });
    expect(await shop.weights()).toEqual({ [current]: 1 });
    expect(await shop.shares(20)).toEqual({ [current]: 100 });
  }

  const eventsOf = async (deploymentId: string) =>
    ((await shop.target(deploymentId)).lifecycleEvents ?? []).map(
      ({ lifecycleEventName, status }) => `${lifecycleEventName} ${status}`,
    );

  it("goes back when a hook finds fault with the new version after all traffic has moved", async () => {
    shop.gate.release("/hook", "Failed");
    const deploymentId = await shop.deploy({ to: await shop.publish(), hooks: { AfterAllowTraffic: CHECK } });
    const ended = await shop.end(deploymentId, "Failed");
    expect(ended.errorInformation?.code).toBe("HOOK_EXECUTION_FAILURE");
    expect(await eventsOf(deploymentId)).toEqual([
      "BeforeAllowTraffic Succeeded",
      "AllowTraffic Succeeded",
      "AfterAllowTraffic Failed",
    ]);
    await expectBack(deploymentId, ended);
  });

  it("does not begin, and says why, when its hook throws an error", async () => {
    shop.gate.release("/hook", "throws");
    const deploymentId = await shop.deploy({ to: await shop.publish(), hooks: { BeforeAllowTraffic: CHECK } });
    const ended = await shop.end(deploymentId, "Failed");
    expect(ended.errorInformation?.code).toBe("HOOK_EXECUTION_FAILURE");
    const [event] = (await shop.target(deploymentId)).lifecycleEvents ?? [];
    expect(event).toMatchObject({ lifecycleEventName: "BeforeAllowTraffic", status: "Failed" });
    const { message, logTail } = event?.diagnostics ?? {};
    expect(message).toContain("there are no rates for this version");
    expect(logTail).toContain(`asked about ${deploymentId}`);
    expect(ended.rollbackInfo?.rollbackDeploymentId).toBeUndefined();
    expect(await shop.weights()).toEqual({ [current]: 1 });
  });

  it("goes back when an alarm fires in mid-shift", async (context) => {
    if (noPrometheus !== null) return context.skip(noPrometheus);
    await shop.changeGroup({ alarmConfiguration: { enabled: true, alarms: [{ name: "Fire" }] } });
    const { deploymentId } = await deployHalfway();
    gauges.set("fire", 1);
    const ended = await shop.end(deploymentId, "Stopped");
    expect(ended.errorInformation).toMatchObject({ code: "ALARM_ACTIVE", message: expect.stringContaining("Fire") });
    await expectBack(deploymentId, ended);
    gauges.set("fire", 0);
    await shop.changeGroup({ alarmConfiguration: { enabled: false, alarms: [] } });
  });

  it("goes back when it is stopped with a rollback", async () => {
    const { deploymentId } = await deployHalfway();
    await shop.codeDeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
    await expectBack(deploymentId, await shop.end(deploymentId, "Stopped"));
  });

  it("leaves its weights when it is stopped without one, says so, and the next says how to mend them", async (context) => {
    const { deploymentId, version } = await deployHalfway();
    await shop.codeDeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: false }));
    const ended = await shop.end(deploymentId, "Stopped");
    expect(ended.rollbackInfo?.rollbackDeploymentId).toBeUndefined();
    expect(ended.deploymentStatusMessages?.join(" ")).toContain(`40 % of the traffic goes to version ${version}`);
    expect(await shop.weights()).toEqual({ [current]: 0.6, [version]: 0.4 });
    const next = await shop.deploy({ to: version });
    const { errorInformation } = await shop.end(next, "Failed");
    const { code, message = "" } = errorInformation ?? {};
    expect(code).toBe("INVALID_LAMBDA_CONFIGURATION");
    expect(message).toContain(deploymentId);
    const [cure = ""] = /aws lambda update-alias [^.]+AdditionalVersionWeights=\{\}/.exec(message) ?? [];
    expect(cure).not.toBe("");
    const noAwsCli = whyNoAwsCli();
    if (noAwsCli !== null) return context.skip(noAwsCli);
    // As somebody pastes it, in a shell that has what `sluice env` prints.
    const environment = { ...cleanEnvironment(), ...(await shop.server.environment()) };
    const pasted = await runProgram("sh", ["-c", cure], environment);
    expect(pasted).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await shop.weights()).toEqual({ [current]: 1 });
    await shop.end(await shop.deploy({ to: version }), "Succeeded");
    current = version;
    expect(await shop.shares(20)).toEqual({ [current]: 100 });
  });
});
