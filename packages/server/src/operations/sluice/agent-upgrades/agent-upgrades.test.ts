import { SLUICE_VERSION } from "@sluice/model/version.ts";
import type { HostHeartbeatInput } from "@sluice/wire/sluice/sluice-api.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FindAgentProgram } from "../../../agent-programs/find-agent-program.ts";
import { Liveness } from "../../../hosts/liveness.ts";
import { createSigningCertificate, loadSigningKey } from "../../../signing/specification-envelope.ts";
import { insertUpgrade, removeEndedUpgrade } from "../../../store/agent-upgrades.ts";
import { AGENT_PROGRAMS, AGENT_UPGRADE_REQUEST } from "../../../store/columns/agent-upgrade-columns.ts";
import { AgentUpgrades } from "../../../upgrades/agent-upgrades.ts";
import type { CodeDeployContext } from "../../codedeploy/codedeploy-context.ts";
import { CODEDEPLOY_HANDLERS } from "../../codedeploy/codedeploy-operations.ts";
import { type TestInstallation, testInstallation } from "../installation.fixture.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { SLUICE_HANDLERS } from "../sluice-operations.ts";

const { CreateEnrolmentToken, EnrolHost, HostHeartbeat, RemoveHost, DeclareHost } = SLUICE_HANDLERS;
const { StartAgentUpgrade, GetAgentUpgrade, ListAgentUpgrades, StopAgentUpgrade } = SLUICE_HANDLERS;
const NEW = "9.0.0";
const OLD = "0.1.0";
const ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";

const findAgentProgram: FindAgentProgram = async (platform, version = SLUICE_VERSION) =>
  platform === "linux-x64"
    ? { version, platform, file: "/program", gzipFile: undefined, sha256: "ab".repeat(32), bytes: 1234 }
    : { cure: "Put the file into DATA/agent-programs." };

let here: TestInstallation;
let context: SluiceContext;
let upgrades: AgentUpgrades;
const errors: unknown[] = [];

/** With nothing but what is in the database and in `liveness`. */
async function startServer(liveness: TestInstallation["context"]["liveness"]): Promise<void> {
  upgrades = new AgentUpgrades({
    store: here.context.store,
    liveness,
    matchHosts: here.context.preflight.matchHosts,
    // It looks when it is woken, and not by itself.
    timers: { now: () => here.clock.now, after: () => () => {} },
    signingKey: await loadSigningKey(await createSigningCertificate()),
    findAgentProgram,
    onError: (error) => errors.push(error),
  });
  context = { ...here.context, liveness, agentUpgrades: upgrades, findAgentProgram };
}

beforeEach(async () => {
  here = await testInstallation();
  errors.length = 0;
  await startServer(here.context.liveness);
});
afterEach(async () => {
  await upgrades.close();
  await here.close();
  expect(errors).toEqual([]);
});

/** Answers what the host calls itself. */
async function enrol(hostName: string, said: Partial<HostHeartbeatInput> = {}): Promise<string> {
  const { token } = await CreateEnrolmentToken({}, context);
  const { hostIdentifier } = await EnrolHost({ token, hostName }, context);
  await beat(hostIdentifier, said);
  return hostIdentifier;
}

function beat(hostIdentifier: string, said: Partial<HostHeartbeatInput> = {}) {
  const usual = { heldCommands: [], agentVersion: OLD, agentPlatform: "linux-x64" };
  return HostHeartbeat({ hostIdentifier, ...usual, ...said }, context);
}

const report = (hostIdentifier: string, state: string, reason?: string) =>
  beat(hostIdentifier, { agentUpgrade: { version: NEW, state, reason } });

/** Each host with what it is at. */
async function states(): Promise<Readonly<Record<string, string>>> {
  const { hosts } = await GetAgentUpgrade({}, context);
  return Object.fromEntries(
    hosts.map(({ hostName, state, reason }) => [hostName, reason ? `${state}: ${reason}` : state]),
  );
}

async function turn(): Promise<void> {
  upgrades.wake();
  // Whoever closes waits for the turn; a look at the store comes after what it wrote.
  await new Promise((resolve) => setTimeout(resolve, 0));
}

const becomes = (expected: Readonly<Record<string, unknown>>) =>
  expect
    .poll(async () => {
      await turn();
      return states();
    })
    .toEqual(expected);

describe("an upgrade of agents", () => {
  it("offers the program to one host after the other, and hears what became of it", async () => {
    const [one, other] = [await enrol("web-1"), await enrol("web-2")];
    const { upgrade } = await StartAgentUpgrade({ version: NEW }, context);
    expect(upgrade).toMatchObject({ version: NEW, status: "Running", batchSize: 1, counts: { waiting: 2 } });
    await becomes({ "web-1": "offered", "web-2": "waiting" });
    expect((await GetAgentUpgrade({}, context)).limits).toEqual([]);
    await expect.poll(async () => (await beat(one)).agentOffer).toBeDefined();
    const { agentOffer } = await beat(one);
    expect(agentOffer?.format).toBe("PKCS7/JSON");
    const signed = Buffer.from((agentOffer?.envelope ?? "").replace(/-----[^-]+-----/g, ""), "base64").toString(
      "latin1",
    );
    expect(signed).toContain(`"hostIdentifier":"${one}","version":"${NEW}","platform":"linux-x64"`);
    expect(signed).toContain('"bytes":1234,"isDowngrade":false');
    expect((await beat(other)).agentOffer).toBeUndefined();

    expect(await report(one, "downloading")).toMatchObject({ isAgentUpgradeHeard: true });
    await report(one, "restarted");
    await becomes({ "web-1": "restarted", "web-2": "waiting" });
    await report(one, "done");
    await becomes({ "web-1": "done", "web-2": "offered" });
    await report(other, "done");
    await becomes({ "web-1": "done", "web-2": "done" });
    await expect
      .poll(async () => (await ListAgentUpgrades({}, context)).upgrades)
      .toMatchObject([{ status: "Succeeded", counts: { done: 2, waiting: 0 }, endedAt: expect.any(Date) }]);
  });

  it("stops at the first host that fails, with its reason in one harmless line", async () => {
    const one = await enrol("web-1");
    await enrol("web-2");
    await StartAgentUpgrade({ version: NEW }, context);
    await becomes({ "web-1": "offered", "web-2": "waiting" });
    await report(one, "failed", "no room\u001b[2J\nat all");
    await becomes({
      "web-1": "failed: no room\\x1b[2J\\nat all",
      "web-2": "skipped: the upgrade stopped before it was its turn",
    });
    const { upgrade } = await GetAgentUpgrade({}, context);
    expect(upgrade).toMatchObject({ status: "Failed", reason: "web-1 was not upgraded: no room\\x1b[2J\\nat all" });
    // What a host says later is written down, and changes nothing of the end.
    await report(one, "done");
    expect(await states()).toMatchObject({ "web-1": "done" });
    expect((await GetAgentUpgrade({}, context)).upgrade.status).toBe("Failed");
  });

  it("ends when it is stopped, once the host under way has ended", async () => {
    const one = await enrol("web-1");
    await enrol("web-2");
    await StartAgentUpgrade({ version: NEW }, context);
    await becomes({ "web-1": "offered", "web-2": "waiting" });
    await report(one, "downloading");
    await expect(StartAgentUpgrade({ version: NEW }, context)).rejects.toMatchObject({
      code: "AgentUpgradeInProgressException",
    });
    const { upgrade } = await StopAgentUpgrade({}, context);
    expect(upgrade).toMatchObject({ status: "Stopping", reason: expect.stringContaining("stopped by arn:aws:iam") });
    await becomes({ "web-1": "downloading", "web-2": "skipped: the upgrade stopped before it was its turn" });
    await report(one, "done");
    await expect
      .poll(async () => {
        await turn();
        return (await GetAgentUpgrade({}, context)).upgrade.status;
      })
      .toBe("Stopped");
    await expect(StopAgentUpgrade({}, context)).rejects.toThrow("there is none to stop");
  });

  it("says which group holds it to fewer hosts at a time than it was asked for", async () => {
    const { CreateApplication, CreateDeploymentGroup } = CODEDEPLOY_HANDLERS;
    const codeDeploy = context as unknown as CodeDeployContext;
    await CreateApplication({ applicationName: "shop" }, codeDeploy);
    const ec2TagFilters = [{ Key: "Fleet", Value: "blue", Type: "KEY_AND_VALUE" as const }];
    const group = { applicationName: "shop", deploymentGroupName: "prod", serviceRoleArn: ROLE, ec2TagFilters };
    await CreateDeploymentGroup(group, codeDeploy);
    for (const hostName of ["web-1", "web-2", "web-3"]) {
      const hostId = (await enrol(hostName)).split("/").at(-1)!;
      const tags = [{ Key: "Fleet", Value: "blue" }];
      here.outside.hosts.push({ hostId, hostName, kind: "instance", tags, zone: null });
    }
    expect((await StartAgentUpgrade({ version: NEW, batch: "100%" }, context)).upgrade.batchSize).toBe(3);
    await becomes({ "web-1": "offered", "web-2": "waiting", "web-3": "waiting" });
    expect((await GetAgentUpgrade({}, context)).limits).toMatchObject([{ group: "shop/prod", hostsAtOnce: 1 }]);
  });

  it("leaves out who cannot be upgraded, and hosts that are removed meanwhile", async () => {
    await enrol("by-hand", { agentUpgradeObstacle: "it was started by hand" });
    await enrol("earlier", { agentPlatform: undefined });
    await DeclareHost({ hostName: "nobody" }, context);
    const removed = await enrol("removed");
    await enrol("there", { agentVersion: NEW });
    await StartAgentUpgrade({ version: NEW, batch: "100%" }, context);
    await becomes({
      "by-hand": "skipped: it was started by hand",
      earlier: expect.stringMatching(
        /skipped: its agent \(0\.1\.0\) cannot replace its own program: join the host again/,
      ),
      nobody: "skipped: no agent has spoken for it yet",
      removed: "offered",
      there: "done: it had the version",
    });
    await report(removed, "restarted");
    await RemoveHost({ host: "removed" }, context);
    await expect
      .poll(async () => {
        await turn();
        return (await states()).removed;
      })
      .toBe("skipped: the host was removed");
  });

  it("waits for a host that a server which was killed had heard, and the next one has not yet", async () => {
    const one = await enrol("web-1");
    await StartAgentUpgrade({ version: NEW }, context);
    await upgrades.close();
    const { store } = here.context;
    await startServer(new Liveness({ store, readyAt: here.clock.now, onFlushError: () => {} }));
    await becomes({ "web-1": "waiting: it is offline" });
    await beat(one);
    await becomes({ "web-1": "offered" });
  });

  it("passes over reports that mean nothing", async () => {
    const one = await enrol("web-1");
    await report(one, "done");
    await StartAgentUpgrade({ version: NEW }, context);
    await becomes({ "web-1": "offered" });
    for (const state of ["waiting", "skipped", "constructor"]) await report(one, state);
    await expect(report(one, "")).rejects.toThrow("agentUpgrade.state is missing");
    await beat(one, { agentUpgrade: { version: "1.1.1", state: "done" } });
    expect(await states()).toEqual({ "web-1": "offered" });
  });
});

/** One that ended, of so many hosts. */
async function ended(upgradeId: string, endedAt: number, hosts: number): Promise<void> {
  const row = {
    upgrade_id: upgradeId,
    version: NEW,
    status: "Succeeded" as const,
    active: 0,
    request_json: AGENT_UPGRADE_REQUEST.write({
      applicationName: null,
      deploymentGroupName: null,
      batchSize: 1,
      allowDowngrade: false,
    }),
    programs_json: AGENT_PROGRAMS.write([]),
    created_by: null,
    created_at: endedAt,
    ended_at: endedAt,
    end_status: null,
    reason: null,
  };
  const rows = Array.from({ length: hosts }, (_, ordinal) => ({
    upgrade_id: upgradeId,
    host_id: `i-${ordinal}`,
    ordinal,
    host_name: `web-${ordinal}`,
    state: "done" as const,
    from_version: OLD,
    reason: null,
    changed_at: endedAt,
  }));
  await here.context.store.write((transaction) => insertUpgrade(transaction, row, rows));
}

describe("upgrades of long ago", () => {
  it("come page by page, also where another one begins in between", async () => {
    await ended("u-1", 1000, 201);
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await GetAgentUpgrade({ nextToken }, context);
      expect(page.upgrade).toMatchObject({ upgradeId: "u-1", counts: { done: 201 } });
      names.push(...page.hosts.map(({ hostName }) => hostName));
      ({ nextToken } = page);
      if (names.length === 100) await ended("u-2", 2000, 1);
      if (nextToken !== undefined) {
        const other = GetAgentUpgrade({ nextToken, changedSince: new Date(0) }, context);
        await expect(other).rejects.toMatchObject({ code: "InvalidNextTokenException" });
      }
    } while (nextToken !== undefined);
    expect(names).toEqual(Array.from({ length: 201 }, (_, index) => `web-${index}`));
  });

  it("go after their time with their hosts, and the newest one stays", async () => {
    for (const [index, endedAt] of [1000, 2000, 3000].entries()) await ended(`u-${index}`, endedAt, 2);
    const { store } = here.context;
    const remove = (before: number) => store.write((transaction) => removeEndedUpgrade(transaction, before));
    expect([await remove(2000), await remove(2000)]).toEqual([1, 0]);
    expect([await remove(9000), await remove(9000)]).toEqual([1, 0]);
    const left = await store.db.selectFrom("agent_upgrade_hosts").select("upgrade_id").distinct().execute();
    expect(left).toEqual([{ upgrade_id: "u-2" }]);
    expect((await ListAgentUpgrades({}, context)).upgrades).toMatchObject([{ upgradeId: "u-2" }]);
  });
});

describe("what StartAgentUpgrade refuses", () => {
  beforeEach(async () => {
    await enrol("web-1", { agentVersion: "1.0.0" });
  });

  it.each([
    [{ version: "latest" }, "ValidationException", "give three numbers"],
    [{ version: NEW, batch: "0" }, "ValidationException", "give a number of hosts from 1"],
    [{ version: NEW, batch: "101%" }, "ValidationException", "a share from 1% to 100%"],
    [{ version: "0.9.0" }, "ValidationException", "web-1 (1.0.0) has a later one. To replace it"],
    [{ version: NEW, hosts: ["web-9"] }, "HostDoesNotExistException", "web-9"],
    [{ version: NEW, hosts: Array.from({ length: 101 }, () => "web-1") }, "ValidationException", "at most 100"],
    [{ version: NEW, hosts: ["web-1"], applicationName: "shop" }, "ValidationException", "by one of them"],
    [{ version: NEW, applicationName: "shop" }, "DeploymentGroupNameRequiredException", ""],
    [
      { version: NEW, applicationName: "shop", deploymentGroupName: "prod" },
      "ApplicationDoesNotExistException",
      "shop",
    ],
  ])("%j", async (input, code, message) => {
    await expect(StartAgentUpgrade(input, context)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it("a version of which there is no program for a host's machine, with the cure", async () => {
    await enrol("arm-1", { agentPlatform: "linux-arm64" });
    await expect(StartAgentUpgrade({ version: NEW }, context)).rejects.toMatchObject({
      code: "AgentProgramDoesNotExistException",
      message: `This server has no agent ${NEW} for linux-arm64. Put the file into DATA/agent-programs.`,
    });
  });

  it("no host, and takes the downgrade that is asked for", async () => {
    expect((await StartAgentUpgrade({ version: "0.9.0", allowDowngrade: true }, context)).upgrade).toMatchObject({
      isDowngradeAllowed: true,
    });
    await RemoveHost({ host: "web-1" }, context);
    await expect(StartAgentUpgrade({ version: NEW }, context)).rejects.toThrow("There is no host to upgrade");
  });
});
