import type { CreateDeploymentGroupInput, CreateDeploymentInput } from "@aws-sdk/client-codedeploy";
import type { HostWay } from "@sluice/engine/state.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newHostRow } from "../../../hosts/new-host.ts";
import {
  DEPLOYMENT_HEAD,
  DEPLOYMENT_INTENT,
  DEPLOYMENT_REQUEST,
  type DeploymentHead,
} from "../../../store/columns/deployment-columns.ts";
import { notesOf } from "../../../store/deployment-notes.ts";
import { readHead } from "../../../store/deployments.ts";
import { insertHost } from "../../../store/hosts.ts";
import { getDeploymentWaits } from "../../sluice/get-deployment-waits.ts";
import type { SluiceContext } from "../../sluice/sluice-context.ts";
import {
  endDeployment,
  S3_REVISION,
  START,
  type TestCodeDeploy,
  testCodeDeploy,
  withDeployment,
  withGroup,
} from "../codedeploy.fixture.ts";

const BLUE_GREEN = { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" } as const;
const BEHIND_A_BALANCER = { deploymentStyle: BLUE_GREEN, loadBalancerInfo: { targetGroupInfoList: [{ name: "web" }] } };
const GREEN = { tagFilters: [{ Key: "Color", Value: "green", Type: "KEY_AND_VALUE" as const }] };

let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
});
afterEach(() => codeDeploy.close());

const infoOf = async (deploymentId: string) =>
  (await codeDeploy.call("GetDeployment", { deploymentId })).deploymentInfo;
const rowOf = (deploymentId: string) =>
  codeDeploy.context.store.db
    .selectFrom("deployments")
    .selectAll()
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirstOrThrow();

describe("CreateDeployment", () => {
  it("makes a deployment that is due at once, and shows it whole", async () => {
    await withGroup(codeDeploy);
    const deploymentId = await withDeployment(codeDeploy, { description: "forty-two" });
    expect(deploymentId).toMatch(/^d-[A-Z0-9]{9}$/);
    expect(codeDeploy.woken).toEqual([deploymentId]);
    expect(await infoOf(deploymentId)).toEqual({
      applicationName: "MyWebApp",
      deploymentGroupName: "prod",
      deploymentId,
      deploymentConfigName: "CodeDeployDefault.OneAtATime",
      computePlatform: "Server",
      creator: "user",
      revision: S3_REVISION,
      status: "Created",
      createTime: new Date(START),
      description: "forty-two",
      fileExistsBehavior: "DISALLOW",
      ignoreApplicationStopFailures: false,
      updateOutdatedInstancesOnly: false,
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITHOUT_TRAFFIC_CONTROL" },
      deploymentStatusMessages: [],
      instanceTerminationWaitTimeStarted: false,
    });
    const row = await rowOf(deploymentId);
    expect(row).toMatchObject({ active: 1, advancing: 0, wake_at: START, last_sequence: 0 });
    expect(readHead(row)).toMatchObject({
      deploymentId,
      status: "Created",
      strategy: { healthRule: { type: "MOST_CONCURRENCY", value: 1 }, ignoreApplicationStopFailures: false },
      minimumHealthyHosts: null,
    });
  });

  it("keeps what it was asked, over what the group says", async () => {
    await withGroup(codeDeploy, { autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] } });
    const asked = {
      deploymentConfigName: "CodeDeployDefault.AllAtOnce",
      fileExistsBehavior: "OVERWRITE",
      ignoreApplicationStopFailures: true,
      updateOutdatedInstancesOnly: true,
      autoRollbackConfiguration: { enabled: false, events: [] },
      overrideAlarmConfiguration: { enabled: true, alarms: [{ name: "high" }] },
    } satisfies Partial<CreateDeploymentInput>;
    const deploymentId = await withDeployment(codeDeploy, asked);
    expect(await infoOf(deploymentId)).toMatchObject(asked);
    expect(readHead(await rowOf(deploymentId))).toMatchObject({
      strategy: { healthRule: { type: "FLEET_PERCENT", value: 0 }, ignoreApplicationStopFailures: true },
    });
  });

  it("remembers the revision that the group had", async () => {
    await withGroup(codeDeploy);
    await endDeployment(codeDeploy, await withDeployment(codeDeploy), "Succeeded");
    const revision = {
      revisionType: "GitHub",
      gitHubLocation: { repository: "owner/name", commitId: "0123456789abcdef0123456789abcdef01234567" },
    } as const;
    expect(await infoOf(await withDeployment(codeDeploy, { revision }))).toMatchObject({
      revision,
      previousRevision: S3_REVISION,
    });
  });

  it("names the hosts that are dark", async () => {
    await withGroup(codeDeploy, {
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
    });
    const tags = [{ Key: "Environment", Value: "prod" }];
    const host = { hostId: "i-00000000000000001", hostName: "web-1", kind: "instance" as const, tags, zone: null };
    codeDeploy.hosts.push(host);
    await codeDeploy.context.store.write((transaction) =>
      insertHost(transaction, newHostRow({ ...host, hostIdentifier: host.hostId, now: START })),
    );
    const deploymentId = await withDeployment(codeDeploy);
    expect((await infoOf(deploymentId))?.deploymentStatusMessages).toEqual([
      expect.stringMatching(/^Host web-1 \(i-00000000000000001\) has never reported/),
    ]);
  });

  it("is created although whoever knows the hosts is away, and says that it warns of none", async () => {
    await withGroup(codeDeploy);
    vi.spyOn(codeDeploy.context.fleet, "resolveTargets").mockRejectedValue(new Error("EC2 is out of reach"));
    expect((await infoOf(await withDeployment(codeDeploy)))?.deploymentStatusMessages).toEqual([
      "The state of the hosts could not be determined when the deployment was created: EC2 is out of reach",
    ]);
  });

  it("does not wait long for whoever knows the hosts", async () => {
    await withGroup(codeDeploy);
    vi.spyOn(AbortSignal, "timeout").mockReturnValue(AbortSignal.abort());
    expect((await infoOf(await withDeployment(codeDeploy)))?.deploymentStatusMessages).toEqual([
      expect.stringMatching(/could not be determined .*: there was no answer within 5 s$/),
    ]);
    vi.restoreAllMocks();
  });

  it("refuses a second one while the first is under way, and names it", async () => {
    await withGroup(codeDeploy);
    const first = await withDeployment(codeDeploy);
    await expect(withDeployment(codeDeploy)).rejects.toMatchObject({
      code: "DeploymentLimitExceededException",
      message: expect.stringMatching(`^The Deployment Group 'prod' already has an active Deployment '${first}'`),
    });
    await endDeployment(codeDeploy, first, "Failed");
    expect(await withDeployment(codeDeploy)).not.toBe(first);
  });

  it("lets one of two that are made at once win, and tells the other its id", async () => {
    await withGroup(codeDeploy);
    const outcomes = await Promise.allSettled([withDeployment(codeDeploy), withDeployment(codeDeploy)]);
    const [winner] = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? outcome.value : []));
    const [fault] = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? outcome.reason : []));
    expect(fault).toMatchObject({
      code: "DeploymentLimitExceededException",
      message: expect.stringContaining(`already has an active Deployment '${winner}'`),
    });
    expect(codeDeploy.woken).toEqual([winner]);
  });

  it.each([
    ["no application", { applicationName: undefined }, "ApplicationNameRequiredException", /applicationName/],
    ["no group", { deploymentGroupName: undefined }, "DeploymentGroupNameRequiredException", /deploymentGroupName/],
    ["an unknown application", { applicationName: "x" }, "ApplicationDoesNotExistException", /name: x/],
    ["an unknown group", { deploymentGroupName: "x" }, "DeploymentGroupDoesNotExistException", /name: x/],
    ["an unknown configuration", { deploymentConfigName: "x" }, "DeploymentConfigDoesNotExistException", /name: x/],
    ["no revision", { revision: undefined }, "RevisionRequiredException", /^RevisionLocation must be specified/],
    [
      "a Lambda revision",
      { revision: { revisionType: "AppSpecContent", appSpecContent: { content: "x" } } },
      "InvalidRevisionException",
      /for Lambda and ECS/,
    ],
    [
      "a bundle that is no archive",
      { revision: { revisionType: "S3", s3Location: { bucket: "b", key: "k", bundleType: "YAML" } } },
      "InvalidRevisionException",
      /tar, tgz or zip/,
    ],
    [
      "another platform's configuration",
      { deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce" },
      "InvalidDeploymentConfigNameException",
      /for the compute platform ECS/,
    ],
    ["a long description", { description: "d".repeat(257) }, "DescriptionTooLongException", /257 characters/],
    ["a foreign behaviour", { fileExistsBehavior: "BURN" }, "InvalidFileExistsBehaviorException", /"BURN"/],
    ["replacement hosts", { targetInstances: {} }, "InvalidTargetInstancesException", /leave it out/],
    [
      "a rollback without events",
      { autoRollbackConfiguration: { enabled: true } },
      "InvalidAutoRollbackConfigException",
      /no event/,
    ],
    [
      "alarms without an alarm",
      { overrideAlarmConfiguration: { enabled: true } },
      "InvalidAlarmConfigException",
      /overrideAlarmConfiguration/,
    ],
    ["an unknown deploymentMode", { deploymentMode: "REBOOT" }, "InvalidInputException", /STANDARD, RESTART/],
    ["a restart of a named revision", { deploymentMode: "RESTART" }, "InvalidRevisionException", /leave revision out/],
    [
      "a restart where nothing was ever deployed",
      { deploymentMode: "RESTART", revision: undefined },
      "RevisionDoesNotExistException",
      /no successful deployment/,
    ],
    // What is wrong first is told first: the application before the group, the revision before the options.
    ["two unknown names", { applicationName: "x", deploymentGroupName: "y" }, "ApplicationDoesNotExistException", /x/],
    [
      "no revision and a long text",
      { revision: undefined, description: "d".repeat(257) },
      "RevisionRequiredException",
      /./,
    ],
  ])("refuses %s", async (_, change, code, message) => {
    await withGroup(codeDeploy);
    const input = change as Partial<CreateDeploymentInput>;
    await expect(withDeployment(codeDeploy, input)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect((await codeDeploy.call("ListApplicationRevisions", { applicationName: "MyWebApp" })).revisions).toEqual([]);
  });

  it.each([
    [
      "a copied Auto Scaling group",
      {
        deploymentStyle: BLUE_GREEN,
        loadBalancerInfo: { elbInfoList: [{ name: "lb" }] },
        autoScalingGroups: ["asg"],
        blueGreenDeploymentConfiguration: {
          greenFleetProvisioningOption: { action: "COPY_AUTO_SCALING_GROUP" as const },
        },
      },
      "InvalidBlueGreenDeploymentConfigurationException",
    ],
    ["Auto Scaling", { autoScalingGroups: ["asg"] }, "InvalidAutoScalingGroupException"],
  ])("refuses a group with %s, which it could not deploy to as it says", async (_, fields, code) => {
    await withGroup(codeDeploy, fields);
    await expect(withDeployment(codeDeploy)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/is not implemented yet; see docs\/reference\/api\.md\.$/),
    });
  });

  it("refuses blue/green without a load balancer, through which alone traffic can move", async () => {
    await withGroup(codeDeploy, { deploymentStyle: { ...BLUE_GREEN, deploymentOption: "WITHOUT_TRAFFIC_CONTROL" } });
    await expect(withDeployment(codeDeploy)).rejects.toMatchObject({
      code: "InvalidDeploymentStyleException",
      message: expect.stringContaining("WITH_TRAFFIC_CONTROL"),
    });
  });

  it.each([
    [
      "in place",
      {},
      { tagFilters: [{ Key: "Color", Value: "green", Type: "KEY_AND_VALUE" as const }] },
      /leave it out/,
    ],
    ["blue/green", BEHIND_A_BALANCER, undefined, /name the replacement hosts by tagFilters or ec2TagSet/],
    ["blue/green", BEHIND_A_BALANCER, { autoScalingGroups: ["asg"] }, /asg: Auto Scaling groups are not implemented/],
  ])(
    "refuses targetInstances that do not go with a deployment %s (%#)",
    async (_, fields, targetInstances, message) => {
      await withGroup(codeDeploy, fields);
      await expect(withDeployment(codeDeploy, { targetInstances })).rejects.toMatchObject({
        code: "InvalidTargetInstancesException",
        message: expect.stringMatching(message),
      });
    },
  );

  it.each<[string, Partial<CreateDeploymentGroupInput>, Partial<CreateDeploymentInput>, HostWay]>([
    ["in place", {}, {}, { type: "in-place", hasTrafficControl: false, zones: null }],
    [
      "behind a balancer",
      {
        ...BEHIND_A_BALANCER,
        deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      },
      {},
      { type: "in-place", hasTrafficControl: true, zones: null },
    ],
    [
      "in zones",
      {},
      { deploymentConfigName: "Zonal" },
      {
        type: "in-place",
        hasTrafficControl: false,
        zones: { firstZoneMonitorMilliseconds: 9000, monitorMilliseconds: 9000, minimumPerZone: null },
      },
    ],
    [
      "blue/green",
      BEHIND_A_BALANCER,
      { targetInstances: GREEN },
      { type: "blue-green", readyWaitMilliseconds: null, terminationWaitMilliseconds: null },
    ],
    [
      "blue/green with waits",
      {
        ...BEHIND_A_BALANCER,
        blueGreenDeploymentConfiguration: {
          deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 7 },
          terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 5 },
        },
      },
      { targetInstances: GREEN },
      { type: "blue-green", readyWaitMilliseconds: 420_000, terminationWaitMilliseconds: 300_000 },
    ],
  ])("deploys %s as the group and its configuration say", async (_, fields, input, strategy) => {
    await withGroup(codeDeploy, fields);
    await codeDeploy.call("CreateDeploymentConfig", {
      deploymentConfigName: "Zonal",
      minimumHealthyHosts: { type: "HOST_COUNT", value: 1 },
      zonalConfig: { monitorDurationInSeconds: 9 },
    });
    const row = await rowOf(await withDeployment(codeDeploy, input));
    expect(readHead(row)).toMatchObject({ strategy });
  });
});

describe("reading deployments", () => {
  beforeEach(() => withGroup(codeDeploy));

  it.each([
    [undefined, "DeploymentIdRequiredException"],
    ["d-1", "InvalidDeploymentIdException"],
    ["d-abcdefghi", "InvalidDeploymentIdException"],
    ["d-AAAAAAAAA", "DeploymentDoesNotExistException"],
  ])("refuses the id %s", async (deploymentId, code) => {
    await expect(codeDeploy.call("GetDeployment", { deploymentId })).rejects.toMatchObject({ code });
    await expect(codeDeploy.call("StopDeployment", { deploymentId })).rejects.toMatchObject({ code });
    await expect(codeDeploy.call("ListDeploymentTargets", { deploymentId })).rejects.toMatchObject({ code });
  });

  it("shows how it ended", async () => {
    const deploymentId = await withDeployment(codeDeploy);
    codeDeploy.clock.now = START + 9000;
    await endDeployment(codeDeploy, deploymentId, "Failed");
    expect(await infoOf(deploymentId)).toMatchObject({
      status: "Failed",
      errorInformation: { code: "HEALTH_CONSTRAINTS", message: "The overall deployment failed." },
      startTime: new Date(START + 1),
      completeTime: new Date(START + 9000),
    });
  });

  it("shows nothing of what is meant by it for us alone, wherever that is stored", async () => {
    const deploymentId = await withDeployment(codeDeploy);
    const shown = await infoOf(deploymentId);
    const request = DEPLOYMENT_REQUEST.read(await rowOf(deploymentId));
    await codeDeploy.context.store.db
      .updateTable("deployments")
      .set({
        intent_json: DEPLOYMENT_INTENT.write({ rollBackAfterStop: true, onlyHosts: ["i-secret"] }),
        request_json: DEPLOYMENT_REQUEST.write({ ...request, ...{ onlyHosts: ["i-secret"], later: "secret" } }),
      })
      .execute();
    expect(await infoOf(deploymentId)).toStrictEqual(shown);
    const batch = await codeDeploy.call("BatchGetDeployments", { deploymentIds: [deploymentId] });
    expect(JSON.stringify(batch)).not.toMatch(/secret|rollBackAfterStop|onlyHosts/);
  });

  it("answers a batch in the order asked for, without what it does not know", async () => {
    const first = await withDeployment(codeDeploy);
    await endDeployment(codeDeploy, first, "Succeeded");
    const second = await withDeployment(codeDeploy);
    const deploymentIds = [second, "d-AAAAAAAAA", first];
    const { deploymentsInfo } = await codeDeploy.call("BatchGetDeployments", { deploymentIds });
    expect(deploymentsInfo?.map((info) => info.deploymentId)).toEqual([second, first]);
    await expect(
      codeDeploy.call("BatchGetDeployments", { deploymentIds: Array.from({ length: 26 }, () => first) }),
    ).rejects.toMatchObject({ code: "BatchLimitExceededException" });
  });

  it("lists the newest first, by group, status and time", async () => {
    const ids: string[] = [];
    for (const status of ["Succeeded", "Failed"] as const) {
      codeDeploy.clock.now += 1000;
      ids.push(await withDeployment(codeDeploy));
      await endDeployment(codeDeploy, ids.at(-1)!, status);
    }
    codeDeploy.clock.now += 1000;
    ids.push(await withDeployment(codeDeploy));
    const list = async (input: object) => (await codeDeploy.call("ListDeployments", input)).deployments;
    const [succeeded, failed, created] = ids;
    expect(await list({})).toEqual([created, failed, succeeded]);
    expect(await list({ applicationName: "MyWebApp", deploymentGroupName: "prod" })).toHaveLength(3);
    expect(await list({ includeOnlyStatuses: ["Failed", "Created"] })).toEqual([created, failed]);
    expect(await list({ includeOnlyStatuses: [] })).toHaveLength(3);
    const at = (seconds: number) => new Date(START + seconds * 1000);
    expect(await list({ createTimeRange: { start: at(2) } })).toEqual([created, failed]);
    expect(await list({ createTimeRange: { start: at(1), end: at(2) } })).toEqual([failed, succeeded]);
    expect(await list({ externalId: "none" })).toEqual([]);
  });

  it("lists in pages, each deployment once, though many share a millisecond", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 103; index++) {
      codeDeploy.clock.now = START + Math.floor(index / 60);
      ids.push(await withDeployment(codeDeploy));
      await endDeployment(codeDeploy, ids.at(-1)!, "Succeeded");
    }
    const first = await codeDeploy.call("ListDeployments", {});
    const second = await codeDeploy.call("ListDeployments", { nextToken: first.nextToken });
    expect(first.deployments).toHaveLength(100);
    expect([...(first.deployments ?? []), ...(second.deployments ?? [])].sort()).toEqual(ids.sort());
    expect(second.nextToken).toBeUndefined();
  });

  it.each([
    [{ applicationName: "MyWebApp" }, "DeploymentGroupNameRequiredException"],
    [{ deploymentGroupName: "prod" }, "ApplicationNameRequiredException"],
    [{ applicationName: "x", deploymentGroupName: "prod" }, "ApplicationDoesNotExistException"],
    [{ applicationName: "MyWebApp", deploymentGroupName: "x" }, "DeploymentGroupDoesNotExistException"],
    [{ includeOnlyStatuses: ["Done" as "Failed"] }, "InvalidDeploymentStatusException"],
    [{ createTimeRange: { start: new Date(2), end: new Date(1) } }, "InvalidTimeRangeException"],
    [{ externalId: "" }, "InvalidExternalIdException"],
    [{ nextToken: "x" }, "InvalidNextTokenException"],
  ])("refuses to list %o", async (input, code) => {
    await expect(codeDeploy.call("ListDeployments", input)).rejects.toMatchObject({ code });
  });
});

describe("StopDeployment", () => {
  beforeEach(() => withGroup(codeDeploy));

  it("asks the planner to stop, once", async () => {
    const deploymentId = await withDeployment(codeDeploy);
    codeDeploy.clock.now = START + 3000;
    const answer = await codeDeploy.call("StopDeployment", { deploymentId, autoRollbackEnabled: true });
    // No host holds a command, so there is nothing left to wait for.
    expect(answer).toEqual({
      status: "Succeeded",
      statusMessage: "No more commands will be scheduled for execution in the deployment instances",
    });
    codeDeploy.clock.now = START + 4000;
    await codeDeploy.call("StopDeployment", { deploymentId });
    const row = await rowOf(deploymentId);
    expect(row).toMatchObject({ advancing: 0, wake_at: START + 3000, last_sequence: 1, active: 1 });
    expect(readHead(row)).toMatchObject({ stopRequestedAt: START + 3000 });
    expect(DEPLOYMENT_INTENT.read(row)).toEqual({ rollBackAfterStop: true });
    const events = await codeDeploy.context.store.db.selectFrom("events").select(["type", "sequence"]).execute();
    expect(events).toEqual([{ type: "stopRequested", sequence: 1 }]);
    expect(codeDeploy.woken).toEqual([deploymentId, deploymentId, deploymentId]);
    expect(await notesOf(codeDeploy.context.store.db, deploymentId)).toMatchObject([
      {
        action: "stop-and-roll-back",
        caller_arn: "arn:aws:iam::111122223333:root",
        reason: expect.stringContaining("StopDeployment was called"),
      },
    ]);
  });

  it("is what the deployment waits for until it has ended", async () => {
    const deploymentId = await withDeployment(codeDeploy);
    const waits = () => getDeploymentWaits({ deploymentId }, codeDeploy.context as unknown as SluiceContext);
    expect(await waits()).toEqual({ targets: [] });
    await codeDeploy.call("StopDeployment", { deploymentId });
    expect((await waits()).waiting?.reason).toMatch(/^a stop was requested: /);
    await endDeployment(codeDeploy, deploymentId, "Failed");
    expect(await waits()).toEqual({ targets: [] });
  });

  it("does not promise an end where the originals are being terminated, and the deployment goes on", async () => {
    const deploymentId = await withDeployment(codeDeploy);
    const head = readHead(await rowOf(deploymentId));
    const { db } = codeDeploy.context.store;
    const put = (wait: DeploymentHead["wait"]) => {
      const state_json = DEPLOYMENT_HEAD.write({ ...head, stage: "terminate", wait });
      return db.updateTable("deployments").set({ state_json }).execute();
    };
    await put({ kind: "termination", until: START + 60_000 });
    expect(await codeDeploy.call("StopDeployment", { deploymentId })).toMatchObject({ status: "Succeeded" });
    await put(null);
    expect(await codeDeploy.call("StopDeployment", { deploymentId })).toEqual({
      status: "Pending",
      statusMessage:
        "The stop comes too late: the replacement hosts serve, the original ones are being terminated, and the deployment goes on to its end",
    });
  });

  it("refuses a deployment that is over", async () => {
    const deploymentId = await withDeployment(codeDeploy);
    await endDeployment(codeDeploy, deploymentId, "Succeeded");
    await expect(codeDeploy.call("StopDeployment", { deploymentId })).rejects.toMatchObject({
      code: "DeploymentAlreadyCompletedException",
      message: expect.stringContaining("it ended as Succeeded"),
    });
  });
});

describe("deleting what has deployments", () => {
  it.each(["DeleteApplication", "DeleteDeploymentGroup"] as const)(
    "%s removes their output with them",
    async (name) => {
      await withGroup(codeDeploy);
      const deploymentId = await withDeployment(codeDeploy);
      await codeDeploy.call(name, { applicationName: "MyWebApp", deploymentGroupName: "prod" });
      expect(codeDeploy.forgotten).toEqual([deploymentId]);
    },
  );
});
