import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UpdateDeploymentGroupCommand } from "@aws-sdk/client-codedeploy";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import type { TriggerDelivery } from "@sluice/wire/sluice/sluice-api.ts";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { hooksAppSpec } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import {
  type ReceivedWebhook,
  startWebhookReceiver,
  type WebhookReceiver,
} from "../installation/webhook-receiver.fixture.ts";

const SECRET = "the-secret-of-the-receiver-and-nobody-else";
const TOPIC = "arn:aws:sns:us-east-1:111122223333:";
const ALL_TYPES = ENUMS.TriggerEventType;

let server: SluiceServer;
let codeDeploy: CodeDeploy;
let receiver: WebhookReceiver;
let agents: SluiceAgent[] = [];
let work: string;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "sluice-e2e-triggers-"));
  receiver = await startWebhookReceiver(SECRET);
  const config = join(work, "sluice.yml");
  writeFileSync(
    config,
    `bindings:\n  - match: chat\n    port: notifier\n    driver: webhook\n    settings:\n      url: ${receiver.url}\n      secret: ${SECRET}\n`,
  );
  server = await startSluiceServer({ args: ["--config", config] });
  codeDeploy = await CodeDeploy.begin(server);
  agents = await startSluiceAgents(server, ["Fleet=triggers"], [{ name: "web-1" }, { name: "web-2" }]);
  await codeDeploy.createGroup({ group: "prod", fleet: "triggers" });
  await listen([{ name: "to-chat", topic: "chat" }]);
});
afterEach(() => {
  receiver.answer = () => 204;
});
afterAll(async () => {
  codeDeploy?.close();
  await Promise.all(agents.map((agent) => agent.close()));
  await server?.close();
  await receiver?.close();
  rmSync(work, { recursive: true, force: true });
});

async function listen(triggers: readonly { readonly name: string; readonly topic: string }[]): Promise<void> {
  await codeDeploy.client.send(
    new UpdateDeploymentGroupCommand({
      applicationName: codeDeploy.application,
      currentDeploymentGroupName: "prod",
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
      triggerConfigurations: triggers.map(({ name, topic }) => ({
        triggerName: name,
        triggerTargetArn: TOPIC + topic,
        triggerEvents: [...ALL_TYPES],
      })),
    }),
  );
}

/** @returns the deployment's id */
async function deploy(check: string): Promise<string> {
  writeFileSync(join(work, "appspec.yml"), hooksAppSpec({ ValidateService: "check.sh" }));
  writeFileSync(join(work, "check.sh"), `#!/bin/sh\n${check}\n`, { mode: 0o755 });
  const { stdout } = await server.run(
    "deploy",
    work,
    "--application",
    codeDeploy.application,
    "--group",
    "prod",
    "--watch",
  );
  return /\bd-[A-Z0-9]{9}\b/.exec(stdout)?.[0] ?? "";
}

const takenOf = (deploymentId: string) => receiver.taken.filter(({ body }) => body.deploymentId === deploymentId);
const typesOf = (webhooks: readonly ReceivedWebhook[]) => webhooks.map(({ eventType }) => eventType);
const deliveries = async (...options: string[]) =>
  JSON.parse(await server.sluice("triggers", "list", "--json", ...options)) as TriggerDelivery[];

async function told(deploymentId: string, last: string): Promise<readonly ReceivedWebhook[]> {
  return until(`${last} of ${deploymentId}`, async () => {
    const taken = takenOf(deploymentId);
    return taken.some(({ eventType }) => eventType === last) && taken;
  });
}

it("tells of a deployment in order, signed, though the receiver refuses to be told at first", async () => {
  let refusals = 0;
  receiver.answer = ({ eventType }) => (eventType === "DeploymentStart" && refusals++ < 2 ? 503 : 204);
  const deploymentId = await deploy("echo fine");
  const told1 = await told(deploymentId, "DeploymentSuccess");
  expect(typesOf(told1).slice(0, 1)).toEqual(["DeploymentStart"]);
  expect(typesOf(told1).slice(1, -1).sort()).toEqual([
    "InstanceStart",
    "InstanceStart",
    "InstanceSuccess",
    "InstanceSuccess",
  ]);
  expect(typesOf(told1).at(-1)).toBe("DeploymentSuccess");
  expect(receiver.arrived.every(({ isGenuine }) => isGenuine)).toBe(true);
  const starts = receiver.arrived.filter(({ eventType }) => eventType === "DeploymentStart");
  expect(new Set(starts.map(({ id }) => id)).size).toBe(1);
  expect(starts).toHaveLength(3);

  expect(told1.at(-1)?.body).toMatchObject({
    region: "us-east-1",
    accountId: "111122223333",
    eventTriggerName: "to-chat",
    applicationName: codeDeploy.application,
    deploymentGroupName: "prod",
    status: "Succeeded",
    createTime: expect.stringMatching(/^\d{10}\.\d{3}$/),
    completeTime: expect.stringMatching(/^\d{10}\.\d{3}$/),
    deploymentOverview: { Failed: "0", InProgress: "0", Pending: "0", Skipped: "0", Succeeded: "2" },
  });
  const instance = told1.find(({ eventType }) => eventType === "InstanceSuccess");
  expect(instance?.body).toMatchObject({
    instanceStatus: "Succeeded",
    instanceId: expect.stringMatching(/^arn:aws:ec2:/),
  });
  expect(instance?.body.lifecycleEvents).toContainEqual({
    LifecycleEvent: "ValidateService",
    LifecycleEventStatus: "Succeeded",
    StartTime: expect.stringMatching(/^\d{10}\.\d{3}$/),
    EndTime: expect.stringMatching(/^\d{10}\.\d{3}$/),
  });
});

it("tells of a failure and of its rollback as what they are", async () => {
  const failedId = await deploy("exit 3");
  const failure = (await told(failedId, "DeploymentFailure")).at(-1)?.body;
  const rollbackId = (await codeDeploy.deployment(failedId)).rollbackInfo?.rollbackDeploymentId ?? "";
  expect(failure).toMatchObject({
    status: "Failed",
    errorInformation: { ErrorCode: "HEALTH_CONSTRAINTS" },
    rollbackInformation: { RollbackDeploymentId: rollbackId },
  });
  expect(typesOf(takenOf(failedId)).filter((type) => type === "InstanceFailure")).toHaveLength(2);
  const rollback = await told(rollbackId, "DeploymentSuccess");
  expect(typesOf(rollback).slice(0, 2)).toEqual(["DeploymentRollback", "DeploymentStart"]);
  for (const { eventType, body } of rollback) {
    if (eventType.startsWith("Instance")) continue;
    expect(body.rollbackInformation, eventType).toEqual({
      RollbackMessage: `Deployment ${rollbackId} is triggered to roll back deployment ${failedId}.`,
      RollbackTriggeringDeploymentId: failedId,
    });
  }
});

it("lists what nobody was told, and tells it once somebody may be", async () => {
  receiver.answer = ({ eventType }) => (eventType === "DeploymentSuccess" ? 404 : 204);
  const deploymentId = await deploy("echo fine");
  const failed = await until("the message that was refused", async () => {
    const found = await deliveries("--failed");
    return found.length > 0 && found;
  });
  expect(failed).toEqual([
    expect.objectContaining({ status: "failed", eventType: "DeploymentSuccess", deploymentId, attempts: 1 }),
  ]);
  expect(failed[0]?.reason).toContain("404");
  expect(failed[0]?.reason).not.toContain("/hooks/");
  const metrics = await (await fetch(`${server.url()}/metrics`)).text();
  expect(metrics).toContain('sluice_trigger_deliveries{status="failed"} 1');
  expect(typesOf(takenOf(deploymentId))).not.toContain("DeploymentSuccess");

  receiver.answer = () => 204;
  expect(await server.sluice("triggers", "replay", "--all-failed")).toContain("1 message is sent again");
  await told(deploymentId, "DeploymentSuccess");
  await until("the record of the delivery", async () => (await deliveries("--failed")).length === 0);
});

it("delivers after its death what it had not delivered before", async () => {
  receiver.answer = () => 503;
  const deploymentId = await deploy("echo fine");
  await until("the first attempt", async () => receiver.arrived.some(({ body }) => body.deploymentId === deploymentId));
  await server.kill();
  receiver.answer = () => 204;
  await server.start();
  const taken = await told(deploymentId, "DeploymentSuccess");
  expect(typesOf(taken)[0]).toBe("DeploymentStart");
  expect(typesOf(taken).filter((type) => type === "DeploymentSuccess")).toHaveLength(1);
});

it("sends a marked test of every type, and says which binding is missing", async () => {
  await listen([
    { name: "to-chat", topic: "chat" },
    { name: "to-nobody", topic: "unbound" },
  ]);
  const before = receiver.taken.length;
  const { exitCode, stdout, stderr } = await server.run(
    "triggers",
    "test",
    "--application",
    codeDeploy.application,
    "--group",
    "prod",
  );
  expect(exitCode).toBe(1);
  expect(stderr).toContain("10 of 20 test messages");
  expect(stderr).toContain("run the test again");
  expect(stdout).toContain("sluice.yml");
  // A test message is on no list, so that there is nothing to replay.
  expect(stdout).not.toContain("replay");
  const tests = receiver.taken.slice(before);
  expect(typesOf(tests).sort()).toEqual([...ALL_TYPES].sort());
  expect(tests.every(({ body, isGenuine }) => body.sluiceTest === "true" && isGenuine)).toBe(true);

  const deploymentId = await deploy("echo fine");
  await told(deploymentId, "DeploymentSuccess");
  const failed = await until("the messages that nobody is bound to", async () => {
    const found = await deliveries("--failed", "--deployment", deploymentId);
    return found.some(({ eventType }) => eventType === "DeploymentSuccess") && found;
  });
  expect(failed.every(({ triggerName, reason }) => triggerName === "to-nobody" && reason?.includes("match"))).toBe(
    true,
  );
  const listed = await server.sluice("triggers", "list", "--failed");
  expect(listed).toContain(`send them again: sluice triggers replay --all-failed --data ${server.data}`);
});
