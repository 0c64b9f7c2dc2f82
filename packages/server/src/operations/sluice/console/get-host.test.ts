import { hostTarget } from "@sluice/engine/target.fixture.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ClockOffsets } from "../../../hosts/clock-offsets.ts";
import { Liveness, SLUICE_AGENT_GRACE_MILLISECONDS } from "../../../hosts/liveness.ts";
import { REVISION_LOCATION } from "../../../store/columns/catalogue-columns.ts";
import { TARGET_REVISION } from "../../../store/columns/group-columns.ts";
import { recordAttempts } from "../../../store/group-hosts.ts";
import { deploymentRow } from "../../../store/rows.fixture.ts";
import { insertTargets } from "../../../store/targets.ts";
import { CODEDEPLOY_HANDLERS } from "../../codedeploy/codedeploy-operations.ts";
import { type TestInstallation, testInstallation } from "../installation.fixture.ts";
import { SLUICE_HANDLERS } from "../sluice-operations.ts";
import { MAX_HOST_DEPLOYMENTS } from "./get-host.ts";

const { CreateEnrolmentToken, DeclareHost, EnrolHost, GetHost, RemoveHost } = SLUICE_HANDLERS;
let here: TestInstallation;

beforeEach(async () => {
  here = await testInstallation();
});
afterEach(() => here.close());

const enrol = async (hostName: string, onPremises = false) => {
  const { token } = await CreateEnrolmentToken({}, here.context);
  return (await EnrolHost({ token, hostName, onPremises }, here.context)).hostId;
};

it("says why a host is not alive, and what to run on it", async () => {
  const { host: declared } = await DeclareHost({ hostName: "web-1" }, here.context);
  expect(await GetHost({ host: "web-1" }, here.context)).toEqual({
    host: expect.objectContaining({ hostId: declared.hostId, state: "declared" }),
    trouble: expect.stringContaining("has never enrolled. Make a token with sluice token create"),
    command:
      "sluice agent enroll --server http://localhost:7450 --token-file - --data DIR --name web-1 && sluice agent run --data DIR",
    revisions: [],
    deployments: [],
  });
  const hostId = await enrol("web-2");
  const troubleOf = async () => {
    const { trouble, command, host } = await GetHost({ host: hostId }, here.context);
    return { state: host.state, trouble, command };
  };
  const run = "sluice agent run --data DIR";
  expect(await troubleOf()).toEqual({
    state: "enrolled",
    trouble: expect.stringContaining("its agent has never polled"),
    command: run,
  });
  here.context.liveness.seen(hostId, here.clock.now, "sluice");
  expect(await troubleOf()).toEqual({ state: "alive" });
  here.context.liveness.goodbye(hostId, here.clock.now);
  expect(await troubleOf()).toMatchObject({
    state: "dark",
    trouble: expect.stringContaining("since 2026-11-23T18:00:00.000Z, when its agent was stopped"),
    command: run,
  });
  here.context.liveness.seen(hostId, here.clock.now, "aws");
  here.clock.now += 200_000;
  expect(await troubleOf()).toMatchObject({ state: "dark", command: "sudo systemctl restart codedeploy-agent" });
  await RemoveHost({ host: hostId }, here.context);
  expect(await troubleOf()).toMatchObject({
    state: "retired",
    trouble: expect.stringContaining("its key is refused"),
    command: expect.stringContaining("--name web-2"),
  });
  expect((await GetHost({ host: "web-2" }, here.context)).host.hostId).toBe(hostId);
});

it("a word that is one host's name and another's id means the name, as in the calls that change hosts", async () => {
  const removed = await enrol("web-1", true);
  await RemoveHost({ host: "web-1" }, here.context);
  const living = await enrol("web-1");
  expect(removed).toBe("web-1");
  expect((await GetHost({ host: "web-1" }, here.context)).host).toMatchObject({ hostId: living, state: "enrolled" });
});

it("tells a wrong clock from silence, and silence that nobody could hear from both", async () => {
  const hostId = await enrol("web-1");
  const offsets = new ClockOffsets({ now: () => here.clock.now, onOff: () => {} });
  const deaf = { silentSince: () => here.clock.now, isWholeSince: () => false, begin: () => {}, heardTime: () => [] };
  const liveness = (more: object) =>
    new Liveness({
      store: here.context.store,
      readyAt: here.clock.now,
      now: () => here.clock.now,
      onFlushError: () => {},
      ...more,
    });
  const hears = liveness({ clockOffsets: offsets });
  hears.seen(hostId, here.clock.now, "sluice");
  here.clock.now += 2 * SLUICE_AGENT_GRACE_MILLISECONDS;
  for (const _ of [1, 2]) {
    here.clock.now += 31_000;
    offsets.refused(hostId, 600);
  }
  expect(await GetHost({ host: hostId }, { ...here.context, liveness: hears })).toMatchObject({
    host: { state: "dark" },
    trouble: expect.stringMatching(/its calls are refused\. The clock of web-1 is 600 s ahead.*Run timedatectl/),
    command: "timedatectl set-ntp true",
  });
  const others = ["web-2", "web-3", "web-4", "web-5"];
  for (const _ of [1, 2]) {
    here.clock.now += 31_000;
    for (const each of others) offsets.refused(each, 600);
  }
  const ofServer = await GetHost({ host: hostId }, { ...here.context, liveness: hears });
  expect(ofServer.trouble).toMatch(
    /this server's clock is .* Run timedatectl set-ntp true on the machine of this server/i,
  );
  expect(ofServer.command).toBeUndefined();
  const cannot = liveness({
    hearing: { ...deaf, deafness: () => ({ since: here.clock.now, reason: "the disk is full" }) },
  });
  cannot.seen(hostId, here.clock.now - 60_000, "sluice");
  const unheard = await GetHost({ host: hostId }, { ...here.context, liveness: cannot });
  expect(unheard).toMatchObject({
    host: { state: "unknown" },
    trouble: expect.stringMatching(/could not hear it.*the disk is full/),
  });
  expect(unheard.command).toBeUndefined();
});

it("lists what each group left on the host, and its latest deployments", async () => {
  const hostId = await enrol("web-1");
  const { store } = here.context;
  const codeDeploy = here.context as never;
  const serviceRoleArn = "arn:aws:iam::111122223333:role/CodeDeploy";
  await CODEDEPLOY_HANDLERS.CreateApplication({ applicationName: "web" }, codeDeploy);
  for (const deploymentGroupName of ["demo", "prod"]) {
    await CODEDEPLOY_HANDLERS.CreateDeploymentGroup(
      { applicationName: "web", deploymentGroupName, serviceRoleArn },
      codeDeploy,
    );
  }
  const groups = await store.db.selectFrom("deployment_groups").selectAll().orderBy("deployment_group_name").execute();
  const revision = { revisionType: "S3", s3Location: { bucket: "b", key: "k", bundleType: "zip" } } as const;
  await store.write(async (transaction) => {
    const { db } = transaction;
    for (const [at, group] of groups.entries()) {
      const { application_id, deployment_group_id, deployment_group_name } = group;
      const names = { application_id, deployment_group_id, deployment_group_name, application_name: "web" };
      for (let index = 0; index < MAX_HOST_DEPLOYMENTS; index += 1) {
        const id = `d-A1B2C3${at}${String(index).padStart(2, "0")}`;
        const row = deploymentRow(id, { ...names, active: 0, status: "Succeeded", created_at: index });
        await db.insertInto("deployments").values(row).execute();
        await insertTargets(transaction, id, [hostTarget(hostId, { status: "Succeeded" })]);
        await recordAttempts(transaction, row, [{ targetId: hostId, succeeded: at === 0, installed: "whole" }]);
      }
    }
    const [{ application_id } = { application_id: "" }] = groups;
    await db
      .insertInto("revisions")
      .values({
        application_id,
        revision_key: deploymentRow("d-A1B2C3000").revision_key,
        location_json: REVISION_LOCATION.write(revision),
        s3_bucket: "b",
        s3_key: "k",
        description: "",
        registered_at: 1,
        first_used_at: null,
        last_used_at: null,
      })
      .execute();
    await db
      .updateTable("deployment_groups")
      .set({ target_revision_json: TARGET_REVISION.write(revision) })
      .where("deployment_group_name", "=", "demo")
      .execute();
  });
  const { revisions, deployments } = await GetHost({ host: "web-1" }, here.context);
  const names = { applicationName: "web", revision };
  expect(revisions).toEqual([
    { ...names, deploymentGroupName: "demo", deploymentId: "d-A1B2C3019", isHealthy: true, standing: "Current" },
    { ...names, deploymentGroupName: "prod", deploymentId: "d-A1B2C3119", isHealthy: false, standing: "Old" },
  ]);
  expect(deployments.slice(0, 3).map(({ deploymentId }) => deploymentId)).toEqual([
    "d-A1B2C3119",
    "d-A1B2C3019",
    "d-A1B2C3118",
  ]);
  expect(deployments).toHaveLength(MAX_HOST_DEPLOYMENTS);
  expect(deployments[0]).toMatchObject({
    applicationName: "web",
    deploymentGroupName: "prod",
    status: "Succeeded",
    revision,
    targets: { succeeded: 1, failed: 0 },
  });
});

it("names who is asked for and is not there", async () => {
  await expect(GetHost({ host: "web-9" }, here.context)).rejects.toThrow("`sluice hosts list` lists them");
  await expect(GetHost({ host: "" }, here.context)).rejects.toThrow("host is missing");
});
