import { newMemoryServer } from "@sluice/drivers/memory/memory-traffic-router.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import type { PlanDeploymentInput } from "@sluice/wire/sluice/sluice-api.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { S3_REVISION } from "../codedeploy/codedeploy.fixture.ts";
import type { CodeDeployContext } from "../codedeploy/codedeploy-context.ts";
import { CODEDEPLOY_HANDLERS } from "../codedeploy/codedeploy-operations.ts";
import { type TestInstallation, testInstallation } from "./installation.fixture.ts";
import { planDeployment } from "./plan-deployment.ts";

let installation: TestInstallation;

beforeEach(async () => {
  installation = await testInstallation();
  await withGroup({});
});
afterEach(() => installation.close());

async function withGroup(fields: Partial<CodeDeployOperations["CreateDeploymentGroup"]["input"]>, name = "prod") {
  const context = { ...installation.context, planner: { wake() {} } } as unknown as CodeDeployContext;
  if (name === "prod") await CODEDEPLOY_HANDLERS.CreateApplication({ applicationName: "shop" }, context);
  await CODEDEPLOY_HANDLERS.CreateDeploymentGroup(
    {
      applicationName: "shop",
      deploymentGroupName: name,
      serviceRoleArn: "arn:aws:iam::111122223333:role/CodeDeployServiceRole",
      ec2TagFilters: [{ Key: "Fleet", Value: "blue", Type: "KEY_AND_VALUE" }],
      ...fields,
    },
    context,
  );
}

function withHosts(fleet: string, ...ids: readonly string[]): void {
  for (const hostId of ids) {
    installation.outside.hosts.push({
      hostId,
      hostName: hostId,
      kind: "instance",
      tags: [{ Key: "Fleet", Value: fleet }],
      zone: null,
    });
  }
}

const plan = (input: Partial<PlanDeploymentInput> = {}) =>
  planDeployment({ applicationName: "shop", deploymentGroupName: "prod", ...input }, installation.context);

describe("in place", () => {
  it("lists hosts, steps and the arithmetic, and warns of what is off", async () => {
    withHosts("blue", "i-1", "i-2", "i-3");
    installation.outside.dark.add("i-2");
    const planned = await plan({ deploymentConfigName: "CodeDeployDefault.AllAtOnce" });
    expect(planned).toMatchObject({ canStart: true, obstacles: [], end: { status: "Succeeded" } });
    expect(planned.steps.map(({ targetIds }) => targetIds)).toEqual([["i-1", "i-2", "i-3"]]);
    expect(planned.hosts.find(({ targetId }) => targetId === "i-2")).toMatchObject({
      dark: true,
      problem: expect.stringContaining("sluice agent run"),
    });
    expect(planned.warnings.join("\n")).toMatch(/No alarm is watched(.|\n)*Automatic rollback is off/);
  });

  it("changes nothing", async () => {
    withHosts("blue", "i-1");
    await plan({ revision: S3_REVISION });
    const { db } = installation.context.store;
    expect(await db.selectFrom("deployments").selectAll().execute()).toEqual([]);
    expect(await db.selectFrom("revisions").selectAll().execute()).toEqual([]);
  });

  it("cannot start without hosts, and not without the bundle", async () => {
    expect((await plan()).obstacles).toMatchObject([{ code: "NO_INSTANCES" }]);
    withHosts("blue", "i-1");
    const bundleless = await plan({ revision: S3_REVISION });
    expect(bundleless.obstacles).toMatchObject([{ code: "REVISION_MISSING" }]);
    expect(bundleless.checks).toContainEqual(
      expect.objectContaining({ subject: "hosts", detail: "1 host, none of them dark" }),
    );
    installation.outside.bundles.set(revisionKey(S3_REVISION), Buffer.from("no zip at all"));
    const planned = await plan({ revision: S3_REVISION });
    expect(planned.canStart).toBe(true);
    expect(planned.checks).toContainEqual(expect.objectContaining({ subject: "appspec", outcome: "failed" }));
  });

  it("can start without a bundle that the group has deployed before: its hosts may hold it", async () => {
    withHosts("blue", "i-1");
    const { context, outside } = installation;
    const create = { ...context, fleet: { resolveTargets: async () => [] }, planner: { wake() {} } };
    await CODEDEPLOY_HANDLERS.CreateDeployment(
      { applicationName: "shop", deploymentGroupName: "prod", revision: S3_REVISION },
      create as unknown as CodeDeployContext,
    );
    const busy = await plan();
    expect(busy.obstacles).toMatchObject([{ code: "DeploymentLimitExceededException" }]);
    await context.store.write(({ db }) =>
      db.updateTable("deployments").set({ status: "Succeeded", active: 0 }).execute(),
    );
    expect(outside.bundles.size).toBe(0);
    const planned = await plan({ revision: S3_REVISION });
    expect(planned.canStart).toBe(true);
    expect(planned.warnings.join("\n")).toContain("Only hosts that still hold it can deploy it.");
  });

  it("cannot start while an alarm fires, or is unknown and not ignored", async () => {
    withHosts("blue", "i-1");
    const alarms = (ignorePollAlarmFailure: boolean) => ({
      overrideAlarmConfiguration: { enabled: true, ignorePollAlarmFailure, alarms: [{ name: "errors" }] },
    });
    expect((await plan(alarms(false))).obstacles).toMatchObject([{ code: "ALARM_ACTIVE" }]);
    expect((await plan(alarms(true))).canStart).toBe(true);
    installation.outside.alarms.set("errors", { state: "alarm", since: null, detail: "too many" });
    const firing = await plan(alarms(true));
    expect(firing.obstacles).toMatchObject([{ code: "ALARM_ACTIVE" }]);
    expect(firing.checks).toContainEqual({ subject: "alarms", outcome: "failed", detail: "errors: alarm" });
  });

  it("takes what CreateDeployment would refuse for an obstacle, and a wrong name for a fault", async () => {
    const targetInstances = { tagFilters: [{ Key: "Fleet", Value: "green" }] };
    expect((await plan({ targetInstances })).obstacles).toMatchObject([{ code: "InvalidTargetInstancesException" }]);
    await expect(plan({ deploymentGroupName: "none" })).rejects.toMatchObject({
      code: "DeploymentGroupDoesNotExistException",
    });
  });
});

describe("blue/green", () => {
  const green = { tagFilters: [{ Key: "Fleet", Value: "green", Type: "KEY_AND_VALUE" as const }] };
  const planFleets = () => plan({ deploymentGroupName: "fleets", targetInstances: green });
  const serves = (...ids: readonly string[]) =>
    installation.outside.balancers.set("web", new Map(ids.map((id) => [id, newMemoryServer()])));

  beforeEach(async () => {
    await withGroup(
      {
        deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
        blueGreenDeploymentConfiguration: {
          greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
          deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
          terminateBlueInstancesOnDeploymentSuccess: { action: "KEEP_ALIVE" },
        },
        loadBalancerInfo: { targetGroupInfoList: [{ name: "web" }] },
      },
      "fleets",
    );
    withHosts("blue", "i-b1", "i-b2");
    serves("i-b1", "i-b2", "i-g1");
  });

  it("needs its second fleet", async () => {
    expect((await plan({ deploymentGroupName: "fleets" })).obstacles).toMatchObject([
      { code: "InvalidTargetInstancesException" },
    ]);
    expect((await planFleets()).obstacles).toMatchObject([{ code: "NO_INSTANCES" }]);
  });

  it("shows both fleets, and warns when the second is the smaller one", async () => {
    withHosts("green", "i-g1");
    const planned = await planFleets();
    expect(planned.canStart).toBe(true);
    expect(planned.hosts.map(({ targetId, fleet }) => `${targetId} ${fleet}`)).toEqual([
      "i-b1 original",
      "i-b2 original",
      "i-g1 replacement",
    ]);
    expect(planned.steps.at(-1)).toMatchObject({ kind: "hosts", stage: "block" });
    expect(planned.warnings.join("\n")).toContain("fewer hosts will carry the same traffic");
  });

  it("warns of a replacement host that serves the group's traffic, and more when no original host does", async () => {
    withHosts("green", "i-g1");
    const servers = (...ids: readonly string[]) =>
      new Map(
        ["i-b1", "i-b2", "i-g1"].map((id) => {
          const admin = ids.includes(id) ? ("ready" as const) : ("maintenance" as const);
          return [id, { ...newMemoryServer(), admin }];
        }),
      );
    const warnings = async (...ids: readonly string[]) => {
      installation.outside.balancers.set("web", servers(...ids));
      return (await planFleets()).warnings.join("\n");
    };
    expect(await warnings("i-g1")).toContain("i-g1 serves the group's traffic now, and no original host does.");
    expect(await warnings("i-b1", "i-g1")).toContain("i-g1 serves the group's traffic now. The deployment takes");
    expect(await warnings("i-b1", "i-b2")).not.toContain("traffic now");
  });

  it.each([["i-g1"], ["i-b1"]])("does not start while it could not finish, since %s is silent", async (hostId) => {
    withHosts("green", "i-g1");
    installation.outside.dark.add(hostId);
    const { canStart, obstacles } = await planFleets();
    expect(canStart).toBe(false);
    expect(obstacles[0]?.message).toContain(`(${hostId}) cannot be heard`);
  });

  it("does not start where a balancer does not know a host", async () => {
    withHosts("green", "i-g1", "i-g2");
    expect((await planFleets()).obstacles).toMatchObject([{ code: "ELASTIC_LOAD_BALANCING_INVALID" }]);
  });
});
