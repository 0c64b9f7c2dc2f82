import type { HostTarget } from "@sluice/engine/state.ts";
import { hostCommand, hostEvent, hostTarget } from "@sluice/engine/target.fixture.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newHostRow } from "../../../hosts/new-host.ts";
import { insertHost } from "../../../store/hosts.ts";
import { insertTargets } from "../../../store/targets.ts";
import {
  endDeployment,
  START,
  type TestCodeDeploy,
  testCodeDeploy,
  withDeployment,
  withGroup,
} from "../codedeploy.fixture.ts";

const INSTANCE_ID = "i-0123456789abcdef0";
const INSTANCE_ARN = `arn:aws:ec2:us-east-1:111122223333:instance/${INSTANCE_ID}`;
const ON_PREMISES_ARN = "arn:aws:codedeploy:us-east-1:111122223333:instance/rack-7_AbCdEfGhIj";

let codeDeploy: TestCodeDeploy;
let deploymentId: string;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
  await withGroup(codeDeploy);
  deploymentId = await withDeployment(codeDeploy);
});
afterEach(() => codeDeploy.close());

function target(targetId: string, more: Partial<HostTarget> = {}): HostTarget {
  return hostTarget(targetId, { updatedAt: START, ...more });
}

const resolve = (...targets: HostTarget[]) =>
  codeDeploy.context.store.write((transaction) => insertTargets(transaction, deploymentId, targets));
const diagnostics = { errorCode: "ScriptFailed", scriptName: "stop.sh", message: "exit 1", logTail: "no" } as const;
const FAILED = target(INSTANCE_ID, {
  status: "Failed",
  updatedAt: START + 2000,
  lifecycleEvents: [
    hostEvent("ApplicationStop", { status: "Failed", startedAt: START + 1000, endedAt: START + 2000, diagnostics }),
    hostEvent("DownloadBundle", { status: "Skipped", endedAt: START + 2000 }),
  ],
});

describe("a target", () => {
  it("is shown with its events and what they left behind", async () => {
    await resolve(FAILED);
    const { deploymentTarget } = await codeDeploy.call("GetDeploymentTarget", { deploymentId, targetId: INSTANCE_ID });
    const lifecycleEvents = [
      {
        lifecycleEventName: "ApplicationStop",
        status: "Failed",
        startTime: new Date(START + 1000),
        endTime: new Date(START + 2000),
        diagnostics,
      },
      { lifecycleEventName: "DownloadBundle", status: "Skipped", endTime: new Date(START + 2000) },
    ];
    const common = { deploymentId, status: "Failed", lastUpdatedAt: new Date(START + 2000), lifecycleEvents };
    expect(deploymentTarget).toEqual({
      deploymentTargetType: "InstanceTarget",
      instanceTarget: { ...common, targetId: INSTANCE_ID, targetArn: INSTANCE_ARN },
    });
    for (const instanceId of [INSTANCE_ID, INSTANCE_ARN]) {
      const { instanceSummary } = await codeDeploy.call("GetDeploymentInstance", { deploymentId, instanceId });
      expect(instanceSummary).toEqual({ ...common, instanceId: INSTANCE_ARN });
    }
  });

  it("has the ARN that it was registered under when it is an on-premises instance", async () => {
    await codeDeploy.context.store.write((transaction) =>
      insertHost(transaction, {
        ...newHostRow({
          hostId: "rack-7",
          hostName: "rack-7",
          kind: "on-premises",
          hostIdentifier: "arn:aws:iam::111122223333:user/rack-7",
          tags: [],
          now: START,
        }),
        instance_arn: ON_PREMISES_ARN,
      }),
    );
    await resolve(target("rack-7", { kind: "on-premises" }));
    const { deploymentTarget } = await codeDeploy.call("GetDeploymentTarget", { deploymentId, targetId: "rack-7" });
    expect(deploymentTarget?.instanceTarget?.targetArn).toBe(ON_PREMISES_ARN);
    const byArn = await codeDeploy.call("GetDeploymentInstance", { deploymentId, instanceId: ON_PREMISES_ARN });
    expect(byArn.instanceSummary?.instanceId).toBe(ON_PREMISES_ARN);
  });

  it("that is not there is said so", async () => {
    await resolve(FAILED);
    await expect(codeDeploy.call("GetDeploymentTarget", { deploymentId, targetId: "i-1" })).rejects.toMatchObject({
      code: "DeploymentTargetDoesNotExistException",
    });
    await expect(codeDeploy.call("GetDeploymentInstance", { deploymentId, instanceId: "i-1" })).rejects.toMatchObject({
      code: "InstanceDoesNotExistException",
    });
    await expect(codeDeploy.call("GetDeploymentTarget", { deploymentId, targetId: undefined })).rejects.toMatchObject({
      code: "DeploymentTargetIdRequiredException",
    });
    await expect(codeDeploy.call("GetDeploymentTarget", { deploymentId, targetId: "a b" })).rejects.toMatchObject({
      code: "InvalidDeploymentTargetIdException",
    });
    await expect(codeDeploy.call("GetDeploymentInstance", { deploymentId, instanceId: "a b" })).rejects.toMatchObject({
      code: "InvalidInstanceNameException",
    });
  });
});

describe("batches of targets", () => {
  it("fail on an unknown target, and the older form names it", async () => {
    await resolve(target("i-1"), target("i-2"));
    const found = await codeDeploy.call("BatchGetDeploymentTargets", { deploymentId, targetIds: ["i-2", "i-1"] });
    expect(found.deploymentTargets?.map((entry) => entry.instanceTarget?.targetId)).toEqual(["i-2", "i-1"]);
    await expect(
      codeDeploy.call("BatchGetDeploymentTargets", { deploymentId, targetIds: ["i-1", "i-9"] }),
    ).rejects.toMatchObject({ code: "DeploymentTargetDoesNotExistException" });
    const older = await codeDeploy.call("BatchGetDeploymentInstances", { deploymentId, instanceIds: ["i-9", "i-1"] });
    expect(older.instancesSummary).toHaveLength(1);
    expect(older.errorMessage).toContain("i-9");
  });

  it("are at most 25", async () => {
    const ids = Array.from({ length: 26 }, (_, index) => `i-${index}`);
    await expect(codeDeploy.call("BatchGetDeploymentTargets", { deploymentId, targetIds: ids })).rejects.toMatchObject({
      code: "DeploymentTargetListSizeExceededException",
    });
    await expect(
      codeDeploy.call("BatchGetDeploymentInstances", { deploymentId, instanceIds: ids }),
    ).rejects.toMatchObject({ code: "BatchLimitExceededException" });
  });
});

describe("listing targets", () => {
  it("says that it cannot yet, until the targets are known or the deployment is over", async () => {
    for (const operation of ["ListDeploymentTargets", "ListDeploymentInstances"] as const) {
      await expect(codeDeploy.call(operation, { deploymentId })).rejects.toMatchObject({
        code: "DeploymentNotStartedException",
      });
    }
    expect(
      (await codeDeploy.call("GetDeployment", { deploymentId })).deploymentInfo?.deploymentOverview,
    ).toBeUndefined();
    await endDeployment(codeDeploy, deploymentId, "Failed");
    expect((await codeDeploy.call("ListDeploymentTargets", { deploymentId })).targetIds).toEqual([]);
  });

  it("goes in admission order, in pages, by status", async () => {
    const ids = Array.from({ length: 130 }, (_, index) => `i-${(index * 7919) % 1000}`);
    await resolve(...ids.map((id, index) => target(id, { status: index % 2 === 0 ? "Succeeded" : "Failed" })));
    const first = await codeDeploy.call("ListDeploymentTargets", { deploymentId });
    const second = await codeDeploy.call("ListDeploymentTargets", { deploymentId, nextToken: first.nextToken });
    expect([...(first.targetIds ?? []), ...(second.targetIds ?? [])]).toEqual(ids);
    expect(first.targetIds).toHaveLength(100);
    const failed = await codeDeploy.call("ListDeploymentTargets", {
      deploymentId,
      targetFilters: { TargetStatus: ["Failed"] },
    });
    expect(failed.targetIds).toEqual(ids.filter((_, index) => index % 2 === 1));
    const older = await codeDeploy.call("ListDeploymentInstances", { deploymentId, instanceStatusFilter: ["Failed"] });
    expect(older.instancesList).toEqual(failed.targetIds);
    const { deploymentInfo } = await codeDeploy.call("GetDeployment", { deploymentId });
    expect(deploymentInfo?.deploymentOverview).toEqual({
      Pending: 0,
      InProgress: 0,
      Succeeded: 65,
      Failed: 65,
      Skipped: 0,
      Ready: 0,
    });
  });

  it.each([
    ["a foreign status", { TargetStatus: ["Done"] }, "InvalidInstanceStatusException"],
    ["a foreign label", { ServerInstanceLabel: ["Red"] }, "InvalidInstanceTypeException"],
    ["a label in place", { ServerInstanceLabel: ["Blue"] }, "InvalidDeploymentInstanceTypeException"],
    ["a foreign filter", { Colour: ["Blue"] }, "InvalidTargetFilterNameException"],
  ])("refuses %s", async (_, filters, code) => {
    await resolve(FAILED);
    const targetFilters = filters as { TargetStatus: string[] };
    await expect(codeDeploy.call("ListDeploymentTargets", { deploymentId, targetFilters })).rejects.toMatchObject({
      code,
    });
  });
});

describe("stopping while a host is at work", () => {
  it("is pending", async () => {
    const command = hostCommand("ApplicationStop", {
      availableAt: START,
      acknowledgedAt: START,
      acknowledgedOffer: "o",
    });
    await resolve(target(INSTANCE_ID, { status: "InProgress", command }));
    expect(await codeDeploy.call("StopDeployment", { deploymentId })).toMatchObject({ status: "Pending" });
  });
});
