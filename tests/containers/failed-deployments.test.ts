import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type DeploymentInfo, StopDeploymentCommand } from "@aws-sdk/client-codedeploy";
import {
  CreateLoadBalancerCommand,
  DeleteListenerCommand,
  ModifyTargetGroupCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { runEcsAction } from "../compat/pipelines/ecs-action.fixture.ts";
import { smallDisk } from "../installation/small-disk.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import {
  APPLICATION,
  CLUSTER,
  ContainerShop,
  GROUP,
  type NewRevision,
  SERVICE,
  whyNoContainerShop,
} from "./container-shop.fixture.ts";

const missing = whyNoContainerShop();
const DEPLOYMENT_ID = expect.stringMatching(/^d-[A-Z0-9]{9}$/);
/** The example's image, and room for the containers of two task sets. */
const DISK_MEBIBYTES = 320;
/** A container's start writes less than this, and an engine's more. */
const LEFT_BYTES = 4_096;

async function expectUntouched(shop: ContainerShop, original: readonly string[], ended: DeploymentInfo): Promise<void> {
  const { rollbackDeploymentId } = ended.rollbackInfo ?? {};
  if (rollbackDeploymentId) expect(await shop.end(rollbackDeploymentId)).toMatchObject({ status: "Succeeded" });
  expect((await shop.weights("production")).green ?? 0).toBe(0);
  await until("the end of the replacement's tasks", async () => (await shop.runningTasks()).length === original.length);
  expect(await shop.runningTasks()).toEqual(original);
  expect(await shop.answer()).toBe("1");
}

describe("a deployment to containers that cannot succeed", () => {
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }
  const undo = new AsyncDisposableStack();
  let shop: ContainerShop;
  let original: readonly string[];

  beforeAll(async () => {
    shop = await ContainerShop.open(undo);
    original = await shop.runningTasks();
    // Sooner than AWS lets it be told: tasks that never answer are to be given up soon.
    await shop.elb.send(new ModifyTargetGroupCommand({ TargetGroupArn: shop.arns.green, UnhealthyThresholdCount: 2 }));
  });
  afterAll(() => undo.disposeAsync());

  async function failed(revision: NewRevision): Promise<DeploymentInfo> {
    const ended = await shop.end(await shop.deploy(revision));
    expect(ended.status).toBe("Failed");
    await expectUntouched(shop, original, ended);
    return ended;
  }

  /** GitHub's action of AWS for ECS, in the place of our own call. */
  function playAction(revision: NewRevision) {
    return runEcsAction(shop.codeDeploy, shop.ecs, {
      taskDefinition: shop.taskDefinition(revision),
      cluster: CLUSTER,
      service: SERVICE,
      application: APPLICATION,
      group: GROUP,
      appSpec: {
        version: 0.0,
        resources: [
          {
            TargetService: {
              type: "AWS::ECS::Service",
              properties: {
                taskDefinition: "<TASK_DEFINITION>",
                loadBalancerInfo: { containerName: "web", containerPort: 8080 },
              },
            },
          },
        ],
      },
      description: "a pull request with a long title. ".repeat(7),
    });
  }

  const pairOf = (groups: readonly string[], listener: string) => ({
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        { targetGroups: groups.map((name) => ({ name })), prodTrafficRoute: { listenerArns: [listener] } },
      ],
    },
  });

  it("fails when the other target group is behind another load balancer, too", async () => {
    const { LoadBalancers } = await shop.elb.send(
      new CreateLoadBalancerCommand({ Name: "other", Subnets: ["subnet-1", "subnet-2"] }),
    );
    const port = await freePort();
    const ListenerArn = await shop.createListener(port, shop.arns.green ?? "", LoadBalancers?.[0]?.LoadBalancerArn);
    const { errorInformation } = await failed({ version: "2" });
    expect(errorInformation).toMatchObject({
      code: "ELASTIC_LOAD_BALANCING_INVALID",
      message: expect.stringMatching(/shop-green.* is behind another load balancer, too/),
    });
    await shop.elb.send(new DeleteListenerCommand({ ListenerArn }));
  });

  it("fails when a target group is missing, or the listener forwards to neither", async () => {
    const { production = "", test = "" } = shop.arns;
    await shop.changeGroup(pairOf(["shop-blue", "shop-white"], production));
    expect((await failed({ version: "2" })).errorInformation).toMatchObject({
      code: "ELASTIC_LOAD_BALANCING_INVALID",
      message: expect.stringContaining("there is no target group shop-white"),
    });
    const white = await shop.createTargetGroup("shop-white");
    const elsewhere = await shop.createListener(await freePort(), white);
    await shop.changeGroup(pairOf(["shop-blue", "shop-green"], elsewhere));
    expect((await failed({ version: "2" })).errorInformation).toMatchObject({
      code: "ELASTIC_LOAD_BALANCING_INVALID",
      message: expect.stringMatching(/forwards to neither \S+shop-blue\S+ nor \S+shop-green/),
    });
    await shop.elb.send(new DeleteListenerCommand({ ListenerArn: elsewhere }));
    expect((await failed({ version: "2" })).errorInformation).toMatchObject({
      code: "ELASTIC_LOAD_BALANCING_INVALID",
      message: expect.stringContaining(`there is no listener ${elsewhere}`),
    });
    const [pair] = pairOf(["shop-blue", "shop-green"], production).loadBalancerInfo.targetGroupPairInfoList;
    const targetGroupPairInfoList = [{ ...pair, testTrafficRoute: { listenerArns: [test] } }];
    await shop.changeGroup({ loadBalancerInfo: { targetGroupPairInfoList } });
  });

  it("fails when there is no such image", async () => {
    // Nobody listens on port 1.
    const run = await playAction({ version: "2", image: "127.0.0.1:1/no/such:1" });
    expect(run).toMatchObject({ exitCode: 1, said: [DEPLOYMENT_ID, expect.stringContaining('"Failed"')] });
    const ended = await shop.end(run.said[0] ?? "");
    await expectUntouched(shop, original, ended);
    expect(ended.errorInformation).toMatchObject({
      code: "ECS_UPDATE_ERROR",
      message: expect.stringMatching(/CannotPullContainerError: .*127\.0\.0\.1:1\/no\/such:1/),
    });
  });

  it("fails early when its tasks exit at once, with their last words", async () => {
    const { errorInformation } = await failed({ version: "2", trouble: "exits" });
    expect(errorInformation).toMatchObject({
      code: "ECS_UPDATE_ERROR",
      message: expect.stringMatching(
        /Essential container in task exited.*(exit code|code) 3.*version 2 cannot start: there is no database/s,
      ),
    });
  });

  it("fails when its port never answers", async () => {
    const { errorInformation } = await failed({ version: "2", trouble: "silent" });
    expect(errorInformation).toMatchObject({
      code: "ECS_UPDATE_ERROR",
      message: expect.stringMatching(/Task failed ELB health checks in \(target-group \S+shop-green/),
    });
  });

  it("fails when its health check says no", async () => {
    const { errorInformation } = await failed({ version: "2", trouble: "sick" });
    expect(errorInformation).toMatchObject({
      code: "ECS_UPDATE_ERROR",
      message: expect.stringMatching(/Task failed ELB health checks.*503/s),
    });
  });

  it("is let wait, and says for what, while the engine does not answer; the original serves on", async () => {
    shop.engine.suspend();
    let deploymentId: string;
    try {
      deploymentId = await shop.deploy({ version: "2" });
      const watch = shop.server.follow("watch", deploymentId);
      await until("the reason", () => /Docker Engine at \S+ did not answer/.test(watch.stdout()));
      watch.kill();
      expect(await shop.answer()).toBe("1");
    } finally {
      shop.engine.resume();
    }
    expect(await shop.end(deploymentId)).toMatchObject({ status: "Succeeded" });
    expect(await shop.answer()).toBe("2");
  });

  it("says that the engine is gone, can be stopped, and leaves what it began to be cleared when it is back", async () => {
    await shop.engine.kill();
    const deploymentId = await shop.deploy({ version: "3" });
    const watch = shop.server.follow("watch", deploymentId);
    await until("the reason", () => /Docker Engine at \S+/.test(watch.stdout()));
    watch.kill();
    expect(await shop.answer()).toBe("2");
    await shop.codeDeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: false }));
    expect(await shop.end(deploymentId)).toMatchObject({ status: "Stopped" });
    expect(await shop.answer()).toBe("2");
    await shop.engine.start();
    // An engine that comes back ends the containers that it finds: the service has new ones.
    await until("the new ones to answer", async () => (await shop.answer().catch(() => null)) === "2");
    await until("a steady service", async () => {
      const { taskSets = [] } = await shop.service();
      return taskSets.length === 1 && taskSets[0]?.stabilityStatus === "STEADY_STATE";
    });
    expect(await playAction({ version: "4" })).toEqual({
      exitCode: 0,
      calls: ["RegisterTaskDefinition", "DescribeServices", "GetDeploymentGroup", "CreateDeployment", "GetDeployment"],
      said: [DEPLOYMENT_ID],
    });
    expect(await shop.answer()).toBe("4");
  });
});

describe("a deployment to containers on a full disk", () => {
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }

  it("fails with the engine's words, the original serves on, and it goes again when there is room", async (context) => {
    const disk = smallDisk(DISK_MEBIBYTES);
    if (typeof disk === "string") return context.skip(disk);
    await using undo = new AsyncDisposableStack();
    undo.defer(() => disk.remove());
    const shop = await ContainerShop.open(undo, { dataRoot: disk.path });
    const original = await shop.runningTasks();
    disk.fill(LEFT_BYTES);
    const ended = await shop.end(await shop.deploy({ version: "2" }));
    expect(ended).toMatchObject({
      status: "Failed",
      errorInformation: {
        code: "ECS_UPDATE_ERROR",
        message: expect.stringMatching(/Cannot\w+ContainerError: .*no space left on device/),
      },
    });
    await expectUntouched(shop, original, ended);
    disk.free();
    expect(await shop.end(await shop.deploy({ version: "2" }))).toMatchObject({ status: "Succeeded" });
    expect(await shop.answer()).toBe("2");
  });
});

describe("a deployment to containers from a full data directory", () => {
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }

  it("moves no further while nothing can be written down, the containers serve on, and it goes on when there is room", async (context) => {
    const disk = smallDisk();
    if (typeof disk === "string") return context.skip(disk);
    await using undo = new AsyncDisposableStack();
    undo.defer(() => disk.remove());
    const shop = await ContainerShop.open(undo, { data: mkdtempSync(join(disk.path, "data-")) });
    await shop.createConfig("canary", {
      type: "TimeBasedCanary",
      timeBasedCanary: { canaryPercentage: 10, canaryInterval: 60 },
    });
    const deploymentId = await shop.deploy({ version: "2" }, { deploymentConfigName: "canary" });
    await shop.untilWeight(deploymentId, 10);
    disk.fill();
    // To and fro, and never to an end: the database may have room in what it has on the disk already for some writes more.
    let [change, back] = ["pause", "resume"];
    const refused = await until("a write that is refused", async () => {
      const { exitCode, stderr } = await shop.server.run("shift", change, deploymentId);
      if (exitCode === 0) [change, back] = [back, change];
      // What is noted of the first step may be under way still.
      return exitCode !== 0 && !stderr.includes("no step waits now") && stderr;
    });
    expect(refused).toMatch(/disk|space/i);
    expect(["1", "2"]).toContain(await shop.answer());
    disk.free();
    await until("room for the next step", async () => {
      if (change === "resume") await shop.server.run("shift", "resume", deploymentId);
      const { exitCode } = await shop.server.run("shift", "finish", deploymentId);
      return exitCode === 0;
    });
    expect(await shop.end(deploymentId)).toMatchObject({ status: "Succeeded" });
    expect(await shop.answer()).toBe("2");
  });
});
