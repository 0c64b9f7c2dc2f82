import { memoryAlarmReader } from "@sluice/drivers/memory/memory-alarm-reader.ts";
import { memoryTrafficRouter, newMemoryServer } from "@sluice/drivers/memory/memory-traffic-router.ts";
import { LATE_HOSTS_CREATOR } from "@sluice/engine/late-hosts.ts";
import { ALLOW_EVENTS, BLOCK_EVENTS, IN_PLACE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import { afterEach, describe, expect, it, vi } from "vitest";
import { systemTimers, type Timers } from "../loops/timers.ts";
import { playHost, type RunnerFixture, runnerFixture } from "../runner/runner.fixture.ts";
import { DEPLOYMENT_INTENT, DEPLOYMENT_REQUEST, DEPLOYMENT_REVISION } from "../store/columns/deployment-columns.ts";
import type { DeploymentRequest } from "../store/columns/deployment-request.ts";
import { type DeploymentGroupFields, GROUP_FIELDS } from "../store/columns/group-columns.ts";
import { changeGroupSettings } from "../store/group-settings.ts";
import { listRolledBackGroups } from "../store/rolled-back-groups.ts";
import { loadTargets } from "../store/targets.ts";
import { LATE_HOSTS_GATHER_MILLISECONDS, LATE_HOSTS_SCAN_MILLISECONDS } from "./late-host-watch.ts";

const ALL_AT_ONCE = { type: "FLEET_PERCENT", value: 0 } as const;
const FASTER = 50;
/** Waits are short; times are real. */
const QUICK_TIMERS: Timers = {
  ...systemTimers,
  after(milliseconds, action) {
    if (milliseconds === LATE_HOSTS_SCAN_MILLISECONDS) looksOver += 1;
    return systemTimers.after(milliseconds / FASTER, action);
  },
};

let fixture: RunnerFixture;
let stop = new AbortController();
/** What the group's tags select. */
let matched: string[];
/** Messages of what went wrong. */
const errors: string[] = [];
/** `HOST DEPLOYMENT`. */
const failing = new Set<string>();
/** Looks for late hosts after which nothing is left to do: the next one is a scan away. */
let looksOver = 0;

afterEach(async () => {
  stop.abort();
  stop = new AbortController();
  failing.clear();
  errors.length = 0;
  await fixture.close();
});

async function fleet(...hosts: string[]): Promise<void> {
  matched = [];
  fixture = await runnerFixture(matched, QUICK_TIMERS, { onError: (error) => errors.push(String(error)) });
  hosts.forEach(arrive);
}

function setFields(fields: Partial<DeploymentGroupFields>): Promise<unknown> {
  const fields_json = GROUP_FIELDS.write({ serviceRoleArn: "", ...fields });
  return fixture.store.write(({ db }) => db.updateTable("deployment_groups").set({ fields_json }).execute());
}

/** The host gets its tags, and its agent begins to poll. */
function arrive(host: string): void {
  matched.push(host);
  play(host);
}

function play(host: string): void {
  void playHost(fixture, host, stop.signal, {
    fails: (event, deploymentId) => event === "ValidateService" && failing.has(`${host} ${deploymentId}`),
  });
}

function switchOn(deployToLateHosts = true): Promise<unknown> {
  return fixture.store
    .write((transaction) => changeGroupSettings(transaction, "group-1", { deployToLateHosts }))
    .then(() => fixture.runner.groupSettingsChanged());
}

async function deploy(deploymentId: string, request: Partial<DeploymentRequest> = {}) {
  await fixture.createDeployment(deploymentId, ALL_AT_ONCE, { request, revisionKey: deploymentId });
  await vi.waitFor(async () => expect(await fixture.statusOf(deploymentId)).toMatch(/Succeeded|Failed|Stopped/), {
    interval: 5,
  });
}

/** Every deployment to late hosts that has ended, oldest first, in its essentials. */
async function lateDeployments() {
  const rows = await fixture.store.db
    .selectFrom("deployments")
    .selectAll()
    .where("creator", "=", LATE_HOSTS_CREATOR)
    .where("active", "=", 0)
    .orderBy("created_at")
    .execute();
  return Promise.all(
    rows.map(async (row) => ({
      status: row.status,
      revision: (DEPLOYMENT_REVISION.read(row) as Extract<RevisionLocation, { revisionType: "S3" }>).s3Location.key,
      request: DEPLOYMENT_REQUEST.read(row),
      intent: DEPLOYMENT_INTENT.read(row),
      hosts: ((await loadTargets(fixture.store, row.deployment_id)) ?? []).map(({ targetId }) => targetId).sort(),
    })),
  );
}

function settled(count: number) {
  return vi.waitFor(
    async () => {
      const deployments = await lateDeployments();
      expect(deployments).toHaveLength(count);
      return deployments;
    },
    { interval: 5 },
  );
}

/** Lets several looks pass: what was not done by then is not done by itself. */
async function looksPass(): Promise<void> {
  const before = looksOver;
  await vi.waitFor(() => expect(looksOver).toBeGreaterThanOrEqual(before + 3), { interval: 5 });
}

describe("a late host", () => {
  it("gets the group's revision, alone, as the last successful deployment treated files", async () => {
    await fleet("a");
    await deploy("d-GOOD", { fileExistsBehavior: "OVERWRITE" });
    await switchOn();
    arrive("b");
    const [late] = await settled(1);
    expect(late).toMatchObject({ status: "Succeeded", revision: "d-GOOD", hosts: ["b"] });
    expect(late).toMatchObject({ request: { fileExistsBehavior: "OVERWRITE" }, intent: { onlyHosts: ["b"] } });
    await looksPass();
    expect(await lateDeployments()).toHaveLength(1);
  });

  it("gets the revision although the settings of another group cannot be read", async () => {
    await fleet("a");
    await deploy("d-GOOD");
    await switchOn();
    await fixture.store.write(async ({ db }) => {
      const group = await db.selectFrom("deployment_groups").selectAll().executeTakeFirstOrThrow();
      const settings_json = "[]" as unknown as Json<never>;
      const broken = { ...group, deployment_group_id: "group-0", deployment_group_name: "broken", settings_json };
      await db.insertInto("deployment_groups").values(broken).execute();
    });
    arrive("b");
    const [late] = await settled(1);
    expect(late).toMatchObject({ status: "Succeeded", hosts: ["b"] });
    expect(errors.join()).toContain("deployment_groups.settings_json of group-0");
  });

  it("gets nothing from a group that CreateDeployment would refuse", async () => {
    await fleet("a");
    await deploy("d-GOOD");
    const pair = { targetGroups: [{ name: "blue" }, { name: "green" }], prodTrafficRoute: { listenerArns: ["arn:l"] } };
    await setFields({
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      loadBalancerInfo: { targetGroupPairInfoList: [pair] },
    });
    await switchOn();
    arrive("b");
    await vi.waitFor(() => expect(errors).toContainEqual(expect.stringContaining("WITH_TRAFFIC_CONTROL")));
    expect(await lateDeployments()).toEqual([]);
  });

  it("shares its deployment with those that arrive together", async () => {
    await fleet("a");
    await deploy("d-GOOD");
    await switchOn();
    for (const host of ["b", "c", "d"]) arrive(host);
    expect(await settled(1)).toMatchObject([{ hosts: ["b", "c", "d"] }]);
  });

  it("gets nothing where the group does not say so, nor after it says so no longer", async () => {
    await fleet("a");
    await deploy("d-GOOD");
    arrive("b");
    await switchOn();
    await settled(1);
    await switchOn(false);
    arrive("c");
    await deploy("d-BETTER");
    arrive("d");
    await looksPass();
    expect(await lateDeployments()).toHaveLength(1);
  });

  it("gets nothing from a group without a success", async () => {
    await fleet("a");
    await switchOn();
    failing.add("a d-BAD");
    await deploy("d-BAD");
    arrive("b");
    await looksPass();
    expect(await lateDeployments()).toEqual([]);
  });

  it("that was silent in the rollout gets the revision when it is back", async () => {
    await fleet("a", "b");
    fixture.dark.add("b");
    await deploy("d-GOOD");
    await switchOn();
    await looksPass();
    expect(await lateDeployments()).toEqual([]);
    fixture.dark.delete("b");
    expect(await settled(1)).toMatchObject([{ status: "Succeeded", hosts: ["b"] }]);
  });

  it("that fails is not tried again, until there is something new", async () => {
    await fleet("a");
    await deploy("d-GOOD");
    await switchOn();
    failing.add("b d-ROLLBACK1");
    arrive("b");
    expect(await settled(1)).toMatchObject([{ status: "Failed", hosts: ["b"] }]);
    await looksPass();
    expect(await lateDeployments()).toHaveLength(1);
    matched.splice(matched.indexOf("b"), 1);
    await deploy("d-BETTER");
    matched.push("b");
    expect((await settled(2))[1]).toMatchObject({ status: "Succeeded", revision: "d-BETTER", hosts: ["b"] });
  });

  it("that fails is neither rolled back nor the group's last attempt", async () => {
    await fleet("a");
    await deploy("d-GOOD", { autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] } });
    await switchOn();
    failing.add("b d-ROLLBACK1");
    arrive("b");
    await settled(1);
    const rows = await fixture.store.db.selectFrom("deployments").select("deployment_id").execute();
    expect(rows).toHaveLength(2);
    const group = await fixture.store.db.selectFrom("deployment_groups").selectAll().executeTakeFirstOrThrow();
    expect(group).toMatchObject({ last_successful_deployment_id: "d-GOOD", rolled_back_json: null });
    expect(group.last_attempted_deployment_id).not.toBe("d-ROLLBACK1");
  });
});

describe("a host that arrives during a deployment", () => {
  it.each([
    ["gets the new revision once it has succeeded", "Succeeded", "d-NEW"],
    ["gets the old one when it failed, and the hosts of the failed one are left alone", "Failed", "d-OLD"],
  ])("%s", async (_, status, revision) => {
    await fleet("a");
    await deploy("d-OLD");
    if (status === "Failed") failing.add("a d-NEW");
    // Does not poll, and so keeps the deployment under way until the newcomer has been seen.
    matched.push("slow");
    await fixture.createDeployment("d-NEW", ALL_AT_ONCE, { revisionKey: "d-NEW" });
    await vi.waitFor(async () => expect(await loadTargets(fixture.store, "d-NEW")).toHaveLength(2));
    await switchOn();
    arrive("b");
    await looksPass();
    expect(await lateDeployments()).toEqual([]);
    if (status === "Failed") failing.add("slow d-NEW");
    play("slow");
    const [late] = await settled(1);
    expect(await fixture.statusOf("d-NEW")).toBe(status);
    expect(late).toMatchObject({ status: "Succeeded", revision, hosts: ["b"] });
  });
});

it("a group that was rolled back serves late hosts its revision, and stays marked", async () => {
  const onFailure: Partial<DeploymentRequest> = {
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
  };
  await fleet("a");
  await deploy("d-GOOD");
  failing.add("a d-BAD");
  await deploy("d-BAD", onFailure);
  await vi.waitFor(async () => expect(await fixture.statusOf("d-ROLLBACK1")).toBe("Succeeded"));
  await switchOn();
  arrive("b");
  expect(await settled(1)).toMatchObject([{ status: "Succeeded", revision: "d-GOOD", hosts: ["b"] }]);
  expect(await listRolledBackGroups(fixture.store)).toMatchObject([{ deploymentId: "d-BAD" }]);
});

it("a late host of a blue/green group joins the fleet that serves: in place, and through its load balancer", async () => {
  const servers = new Map(["a", "b"].map((host) => [host, newMemoryServer()]));
  servers.get("b")!.admin = "maintenance";
  const trafficRouter = memoryTrafficRouter.create(
    {},
    { groups: new Map([["web", servers]]), drainMilliseconds: 0, now: () => Date.now() },
  );
  matched = [];
  fixture = await runnerFixture(matched, QUICK_TIMERS, { trafficRouter });
  arrive("a");
  await deploy("d-GOOD");
  await setFields({
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    loadBalancerInfo: { targetGroupInfoList: [{ name: "web" }] },
  });
  await switchOn();
  arrive("b");
  const [late] = await settled(1);
  expect(late).toMatchObject({ status: "Succeeded", hosts: ["b"] });
  expect(late?.request.deploymentStyle).toEqual({
    deploymentType: "IN_PLACE",
    deploymentOption: "WITH_TRAFFIC_CONTROL",
  });
  expect(servers.get("b")?.admin).toBe("ready");
  const [target] = (await loadTargets(fixture.store, "d-ROLLBACK1")) ?? [];
  expect(target?.lifecycleEvents.map(({ name }) => name)).toEqual([
    ...BLOCK_EVENTS,
    ...IN_PLACE_EVENTS,
    ...ALLOW_EVENTS,
  ]);
});

it("a deployment to late hosts that an alarm stops before it reaches them is not made again and again", async () => {
  const alarms = new Map([["errors", { state: "alarm" as const, since: null, detail: "it fires" }]]);
  matched = [];
  fixture = await runnerFixture(matched, QUICK_TIMERS, { alarmReader: memoryAlarmReader.create({}, { alarms }) });
  arrive("a");
  await deploy("d-GOOD");
  await setFields({ alarmConfiguration: { enabled: true, alarms: [{ name: "errors" }] } });
  await switchOn();
  arrive("b");
  expect(await settled(1)).toMatchObject([{ status: "Stopped" }]);
  await looksPass();
  expect(await lateDeployments()).toHaveLength(1);
});

it("arrivals, settings and the ends of deployments are reasons to look at once: none of this waits for the next scan", async () => {
  let isIdle = false;
  const unscanned: Timers = {
    ...QUICK_TIMERS,
    after(ms, action) {
      if (ms === LATE_HOSTS_SCAN_MILLISECONDS) isIdle = true;
      if (ms === LATE_HOSTS_GATHER_MILLISECONDS) isIdle = false;
      return ms === LATE_HOSTS_SCAN_MILLISECONDS ? () => {} : QUICK_TIMERS.after(ms, action);
    },
  };
  const idle = () => vi.waitFor(() => expect(isIdle).toBe(true), { interval: 5 });
  matched = [];
  fixture = await runnerFixture(matched, unscanned);
  for (const host of ["a", "b"]) play(host);
  // Heard before, so that its part in the deployment below is no arrival.
  await fixture.runner.poll("slow", stop.signal, 0);
  matched.push("a");
  await deploy("d-GOOD");
  await idle();
  matched.push("b");
  await switchOn();
  expect(await settled(1)).toMatchObject([{ hosts: ["b"] }]);
  await idle();
  arrive("c");
  expect((await settled(2))[1]).toMatchObject({ hosts: ["c"] });
  await switchOn(false);
  matched.push("slow");
  await fixture.createDeployment("d-NEW", ALL_AT_ONCE, { revisionKey: "d-NEW" });
  await vi.waitFor(async () => expect(await loadTargets(fixture.store, "d-NEW")).toHaveLength(4));
  arrive("d");
  await switchOn();
  await idle();
  play("slow");
  expect((await settled(3))[2]).toMatchObject({ revision: "d-NEW", hosts: ["d"] });
});
