import type { DeploymentState } from "@sluice/engine/state.ts";
import { lambda, PlayedShift } from "@sluice/engine/strategies/shift/played-shift.fixture.ts";
import { hostEvent, hostTarget } from "@sluice/engine/target.fixture.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEPLOYMENT_HEAD } from "../../../store/columns/deployment-columns.ts";
import { ROLLED_BACK } from "../../../store/columns/group-columns.ts";
import { appendEvents } from "../../../store/events.ts";
import { insertTargets } from "../../../store/targets.ts";
import {
  endDeployment,
  type TestCodeDeploy,
  testCodeDeploy,
  withDeployment,
  withGroup,
} from "../../codedeploy/codedeploy.fixture.ts";
import { type TestInstallation, testInstallation } from "../installation.fixture.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { SLUICE_HANDLERS } from "../sluice-operations.ts";

const { DescribeDeployment, GetOverview, ListGridTargets, ReadAlarms, SearchDeployments } = SLUICE_HANDLERS;

let here: TestInstallation;
let codeDeploy: TestCodeDeploy;
let context: SluiceContext;

beforeEach(async () => {
  here = await testInstallation();
  codeDeploy = await testCodeDeploy();
  const { liveness } = codeDeploy.context;
  context = { ...here.context, ...codeDeploy.context, liveness };
  await withGroup(codeDeploy);
});
afterEach(async () => {
  await codeDeploy.close();
  await here.close();
});

const store = () => codeDeploy.context.store;

/** Puts a deployment into a state that the planner could have brought it to. */
async function bring(deploymentId: string, change: (state: DeploymentState) => DeploymentState): Promise<void> {
  await store().write(async (transaction) => {
    const row = await transaction.db
      .selectFrom("deployments")
      .selectAll()
      .where("deployment_id", "=", deploymentId)
      .executeTakeFirstOrThrow();
    const { targets, ...head } = change({ ...DEPLOYMENT_HEAD.read(row), targets: null });
    await transaction.db
      .updateTable("deployments")
      .set({ state_json: DEPLOYMENT_HEAD.write({ ...head, deploymentId }), status: head.status })
      .where("deployment_id", "=", deploymentId)
      .execute();
    await insertTargets(transaction, deploymentId, targets ?? []);
  });
}

it("is empty where nothing was deployed, and names applications without groups", async () => {
  await codeDeploy.call("CreateApplication", { applicationName: "Empty" });
  expect(await GetOverview({}, context)).toEqual({
    attention: [],
    deployments: [],
    groups: [
      { applicationName: "Empty", deploymentGroupName: "", computePlatform: "Server", isRolledBack: false },
      { applicationName: "MyWebApp", deploymentGroupName: "prod", computePlatform: "Server", isRolledBack: false },
    ],
    hosts: [],
    eventId: "0",
  });
});

it("counts what is under way, follows new names, and forgets what is deleted", async () => {
  const id = await withDeployment(codeDeploy, { description: "a change" });
  const targets = ["Succeeded", "InProgress", "Pending", "Unknown"].map((status, index) =>
    hostTarget(`i-${index}`, { status: status as "Pending" }),
  );
  await bring(id, (state) => ({ ...state, status: "InProgress", startedAt: 1, minimumHealthyHosts: 0, targets }));
  await codeDeploy.call("UpdateApplication", { applicationName: "MyWebApp", newApplicationName: "Renamed" });
  const { deployments, groups } = await GetOverview({}, context);
  expect(deployments).toMatchObject([
    {
      deploymentId: id,
      applicationName: "Renamed",
      description: "a change",
      targets: { pending: 1, inProgress: 1, succeeded: 1, failed: 1, skipped: 0, ready: 0 },
    },
  ]);
  expect(groups).toMatchObject([{ applicationName: "Renamed", lastDeployment: { deploymentId: id } }]);
  await codeDeploy.call("DeleteApplication", { applicationName: "Renamed" });
  expect(await GetOverview({}, context)).toMatchObject({ deployments: [], groups: [], attention: [] });
  await expect(DescribeDeployment({ deploymentId: id }, context)).rejects.toThrow("could not be found");
});

it("puts what waits for a person first, with a command for each", async () => {
  const id = await withDeployment(codeDeploy);
  const group = await store()
    .db.selectFrom("deployment_groups")
    .select("deployment_group_id")
    .executeTakeFirstOrThrow();
  const kinds = async () => (await GetOverview({}, context)).attention;
  await bring(id, (state) => ({
    ...state,
    strategy: {
      ...state.strategy,
      type: "blue-green",
      readyWaitMilliseconds: 9,
      terminationWaitMilliseconds: null,
    } as never,
    status: "Ready",
    startedAt: 1,
    alarms: { names: ["errors", "away"], ignoresPollFailure: false },
    wait: { kind: "ready", since: 5, until: 14 },
  }));
  await store()
    .db.updateTable("deployment_groups")
    .set({
      rolled_back_json: ROLLED_BACK.write({
        deploymentId: "d-BAD",
        rollbackDeploymentId: id,
        reason: "Failed: X",
        at: 7,
      }),
    })
    .where("deployment_group_id", "=", group.deployment_group_id)
    .execute();
  context = {
    ...context,
    runner: {
      ...context.runner,
      lastAlarmReading: (name) =>
        name === "away" ? new Error("ECONNREFUSED") : { name, state: "alarm", since: null, detail: "5 % fail" },
    },
  };
  expect(await kinds()).toMatchObject([
    {
      kind: "firing-alarm",
      alarmName: "errors",
      summary: expect.stringContaining("fires while"),
      command: `sluice status ${id}`,
    },
    { kind: "firing-alarm", alarmName: "away", cure: expect.stringContaining("ECONNREFUSED. Check the alarm's name") },
    { kind: "ready-deployment", command: `sluice continue ${id}`, since: new Date(5), until: new Date(14) },
    { kind: "rolled-back-group", command: "sluice ack --application MyWebApp --group prod", deploymentId: "d-BAD" },
  ]);
  const { alarms } = await DescribeDeployment({ deploymentId: id }, context);
  expect(alarms).toMatchObject([
    { name: "errors", state: "ALARM", detail: "5 % fail" },
    { name: "away", state: "UNREADABLE" },
  ]);
});

it("tells a paused shift, and a hook that returned without an answer", async () => {
  const id = await withDeployment(codeDeploy);
  await store().db.updateTable("deployments").set({ compute_platform: "Lambda" }).execute();
  const played = new PlayedShift(lambda({ schedule: { type: "canary", percent: 10, intervalMilliseconds: 60_000 } }))
    .play()
    .change("pause")
    .pass(2_000);
  await bring(id, () => played.state);
  const overview = await GetOverview({}, context);
  expect(overview.attention).toMatchObject([
    { kind: "paused-shift", summary: expect.stringContaining("paused at 10 %"), command: `sluice shift resume ${id}` },
  ]);
  expect(overview.deployments).toMatchObject([{ shiftPercent: 10 }]);
  const described = await DescribeDeployment({ deploymentId: id }, context);
  expect(described).toMatchObject({
    shift: { percent: 10, isOpen: true },
    targetWaits: [],
    arithmetic: [],
  });
  expect(described.waiting?.then).toBe("when it is resumed, all of the traffic goes to version 2");
  expect(described.minimumHealthyHosts).toBeUndefined();
  expect(await ListGridTargets({ deploymentId: id }, context)).toMatchObject({ targets: [{ type: "lambda-alias" }] });

  await store().db.deleteFrom("targets").execute();
  const asking = new PlayedShift(lambda({ hooks: { BeforeAllowTraffic: "smoke" } }));
  asking.platform = ({ kind }) =>
    kind === "invokeHook" ? { outcome: "pending", detail: "", hasReturned: true } : { outcome: "done", detail: "" };
  await bring(id, () => asking.play().pass(2_000).state);
  expect((await GetOverview({}, context)).attention).toMatchObject([
    { kind: "unanswered-hook", command: expect.stringContaining("put-lifecycle-event-hook-execution-status") },
  ]);
});

it("tells a deployment that cannot be read, and all the others", async () => {
  const id = await withDeployment(codeDeploy);
  await store()
    .db.updateTable("deployments")
    .set({ state_json: "{" as never })
    .where("deployment_id", "=", id)
    .execute();
  const { attention, deployments } = await GetOverview({}, context);
  expect(attention).toMatchObject([{ kind: "server-trouble", deploymentId: id }]);
  expect(deployments).toMatchObject([{ deploymentId: id }]);
});

it("shows all deployments where the target of one shift cannot be read", async () => {
  const id = await withDeployment(codeDeploy);
  const played = new PlayedShift(lambda({ schedule: { type: "canary", percent: 10, intervalMilliseconds: 60_000 } }));
  await bring(id, () => played.play().state);
  await store()
    .db.updateTable("deployments")
    .set({ compute_platform: "Lambda" })
    .where("deployment_id", "=", id)
    .execute();
  await store()
    .db.updateTable("targets")
    .set({ state_json: "{" as never })
    .execute();
  const { deployments } = await GetOverview({}, context);
  expect(deployments).toMatchObject([{ deploymentId: id }]);
  expect(deployments[0]).not.toHaveProperty("shiftPercent");
});

it("describes a deployment with its wait, its arithmetic, its notes and what can be done", async () => {
  const first = await withDeployment(codeDeploy);
  await endDeployment(codeDeploy, first, "Succeeded");
  codeDeploy.clock.now += 1_000;
  const revision = { revisionType: "S3", s3Location: { bucket: "b", key: "v2.zip", bundleType: "zip" } } as const;
  const id = await withDeployment(codeDeploy, { revision });
  const targets = [
    hostTarget("i-0", { status: "Succeeded" }),
    hostTarget("i-1", { wasHealthy: true }),
    hostTarget("i-2", { wasHealthy: false }),
  ];
  await bring(id, (state) => ({ ...state, status: "InProgress", startedAt: 1, minimumHealthyHosts: 2, targets }));
  await store()
    .db.insertInto("deployment_notes")
    .values({ deployment_id: id, ordinal: 1, at: 9, access_key_id: "AKIA1", action: "create", reason: "CVE" })
    .execute();
  const described = await DescribeDeployment({ deploymentId: id }, context);
  expect(described).toMatchObject({
    deployment: { deploymentId: id },
    story: "Deploying s3://b/v2.zip to 3 hosts of MyWebApp/prod: 1 done, 2 waiting.",
    minimumHealthyHosts: 2,
    healthyHosts: 2,
    notes: [{ at: new Date(9), accessKeyId: "AKIA1", action: "create", reason: "CVE" }],
    earlierRevisions: [{ deploymentId: first }],
  });
  expect(described.arithmetic).toHaveLength(1);
  expect(described.actions.map(({ action, unavailable }) => [action, unavailable !== undefined])).toEqual([
    ["stop", false],
    ["stop-and-roll-back", false],
    ["roll-back", true],
  ]);
});

it("gives every target with its events, and stands at the events that it knows", async () => {
  const id = await withDeployment(codeDeploy);
  const failed = hostEvent("Install", {
    status: "Failed",
    startedAt: 1,
    endedAt: 2,
    diagnostics: { errorCode: "ScriptFailed", scriptName: "a.sh", message: "exit 1", logTail: "long" },
  });
  const targets = [
    hostTarget("i-0", { zone: "a", label: "Green", lifecycleEvents: [failed, hostEvent("AllowTraffic")] }),
  ];
  await bring(id, (state) => ({ ...state, targets }));
  await store().write((transaction) => appendEvents(transaction, id, 0, [{ type: "stopRequested" }], 1));
  const { eventId } = await GetOverview({}, context);
  expect(await ListGridTargets({ deploymentId: id }, context)).toEqual({
    targets: [
      {
        targetId: "i-0",
        hostName: "i-0",
        zone: "a",
        label: "Green",
        type: "host",
        status: "Pending",
        events: [
          {
            name: "Install",
            status: "Failed",
            by: "agent",
            startedAt: new Date(1),
            endedAt: new Date(2),
            errorCode: "ScriptFailed",
            scriptName: "a.sh",
            message: "exit 1",
          },
          { name: "AllowTraffic", status: "Pending", by: "balancer" },
        ],
      },
    ],
    eventId,
  });
  expect(Number(eventId)).toBeGreaterThan(0);
});

it("searches page by page, although deployments are made meanwhile", async () => {
  const ids: string[] = [];
  for (const description of ["one", "two", "three"]) {
    ids.unshift(await withDeployment(codeDeploy, { description }));
    await endDeployment(codeDeploy, ids[0]!, "Failed");
    codeDeploy.clock.now += 1_000;
  }
  const first = await SearchDeployments({ limit: 2, text: "MYWEBAPP/prod" }, context);
  expect(first.deployments.map(({ deploymentId }) => deploymentId)).toEqual(ids.slice(0, 2));
  await withDeployment(codeDeploy);
  const second = await SearchDeployments({ limit: 2, text: "MYWEBAPP/prod", nextToken: first.nextToken }, context);
  expect(second).toMatchObject({ deployments: [{ deploymentId: ids[2], errorCode: "HEALTH_CONSTRAINTS" }] });
  expect(second.nextToken).toBeUndefined();
  const found = async (filter: Parameters<typeof SearchDeployments>[0]) =>
    (await SearchDeployments(filter, context)).deployments.map(({ deploymentId }) => deploymentId);
  expect(await found({ text: "TWO" })).toEqual([ids[1]]);
  // Members of the stored request are not what people see.
  expect(await found({ text: "deploymentConfigName" })).toEqual([]);
  expect(await found({ applicationName: "MyWebApp", deploymentGroupName: "prod", statuses: ["Failed"] })).toEqual(ids);
  expect(await found({ statuses: [], creators: [], limit: 1 })).toHaveLength(1);
});

it.each([
  [{ limit: 0 }, "limit is 0: give 1 to 200"],
  [{ statuses: ["Done"] }, 'statuses holds "Done"'],
  [{ computePlatform: "EC2" }, 'computePlatform is "EC2"'],
  [{ deploymentGroupName: "prod" }, "deploymentGroupName needs applicationName"],
  [{ applicationName: "Nope" }, "No application found"],
  [{ createdAfter: new Date(2), createdBefore: new Date(1) }, "which is after createdBefore"],
  [{ host: "" }, "host is empty"],
  [{ text: "a".repeat(201) }, "text has 201 characters"],
  [{ nextToken: "x" }, "The nextToken is not one that SearchDeployments gave"],
])("refuses the search %j", async (input, message) => {
  await expect(SearchDeployments(input, context)).rejects.toThrow(message);
});

it("reads alarms now, and says of those that it cannot read what to do", async () => {
  here.outside.alarms.set("errors", { state: "alarm", since: null, detail: "5 %" });
  const alarms = [{ name: "errors" }, { name: "nobody" }];
  expect(await ReadAlarms({ alarmConfiguration: { enabled: false, alarms } }, context)).toEqual({
    alarms: [
      { name: "errors", state: "ALARM", detail: "5 %" },
      { name: "nobody", state: "UNREADABLE", detail: expect.stringMatching(/\. Check the alarm's name/) },
    ],
  });
  expect(await ReadAlarms({ alarmConfiguration: {} }, context)).toEqual({ alarms: [] });
  await expect(ReadAlarms({} as never, context)).rejects.toThrow("alarmConfiguration is missing");
});
