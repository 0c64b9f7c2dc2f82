import { describe, expect, it } from "vitest";
import {
  MAX_OFFER_MILLISECONDS,
  MAX_OFFLINE_WAIT_MILLISECONDS,
  MAX_PROGRAM_DOWNLOAD_MILLISECONDS,
  MAX_RESTART_MILLISECONDS,
  planUpgrade,
} from "./plan-upgrade.ts";
import type { GuardedGroup, ObservedAgent, UpgradeHost, UpgradeObservation, UpgradeState } from "./upgrade-state.ts";

const NOON = 1_000_000_000;
const AGENT: ObservedAgent = {
  presence: "alive",
  agent: "sluice",
  version: "0.2.0",
  platform: "linux-x64",
  obstacle: null,
  deploymentId: null,
  runningCommands: 0,
};

/** Hosts web-1, web-2 … in these states. */
function upgradeOf(states: readonly UpgradeHost["state"][], change: Partial<UpgradeState> = {}): UpgradeState {
  return {
    version: "0.3.0",
    status: "Running",
    endStatus: null,
    batchSize: 10,
    allowDowngrade: false,
    platforms: new Set(["linux-x64"]),
    createdAt: NOON,
    hosts: states.map((state, index) => ({
      host_id: `web-${index + 1}`,
      host_name: `web-${index + 1}`,
      state,
      reason: null,
      changed_at: NOON,
    })),
    ...change,
  };
}

interface Seen {
  readonly agents?: Readonly<Record<string, Partial<ObservedAgent> | null>>;
  readonly groups?: readonly GuardedGroup[];
  readonly offline?: readonly string[];
  readonly withheld?: string;
  readonly heardSince?: number;
}

function seen(
  { agents = {}, groups = [], offline = [], withheld, heardSince = 0 }: Seen,
  upgrade: UpgradeState,
): UpgradeObservation {
  const found = upgrade.hosts.flatMap(({ host_id: id }) => {
    const change = agents[id];
    return change === null ? [] : [[id, { ...AGENT, ...change }] as const];
  });
  return {
    agents: new Map(found),
    groups,
    offline: new Set(offline),
    withheld: new Map(withheld === undefined ? [] : [["linux-x64", withheld]]),
    heardSince,
    names: new Map(),
  };
}

/** What becomes of each host, and of the upgrade. */
function plan(upgrade: UpgradeState, world: Seen = {}, afterMilliseconds = 0) {
  const { hosts, upgrade: whole } = planUpgrade(upgrade, seen(world, upgrade), NOON + afterMilliseconds);
  return { hosts: Object.fromEntries(hosts.map(({ hostId, change }) => [hostId, change])), whole };
}

const group = (minimum: number, hosts = 3): GuardedGroup => ({
  name: "shop/prod",
  configName: "CodeDeployDefault.OneAtATime",
  hostIds: Array.from({ length: hosts }, (_, index) => `web-${index + 1}`),
  minimum,
});

describe("turns", () => {
  it("go to so many hosts at a time, in their order", () => {
    const { hosts } = plan(upgradeOf(["waiting", "waiting", "waiting"], { batchSize: 2 }));
    expect(hosts).toMatchObject({ "web-1": { state: "offered" }, "web-2": { state: "offered" } });
    expect(hosts["web-3"]).toBeUndefined();
    expect(plan(upgradeOf(["done", "restarted", "waiting"], { batchSize: 1 })).hosts).toEqual({});
    expect(plan(upgradeOf(["done", "done", "waiting"], { batchSize: 1 })).hosts).toMatchObject({
      "web-3": { state: "offered" },
    });
  });

  it("never take more hosts of a group than it can spare, of whatever upgrade is wide", () => {
    const groups = [group(2)];
    const first = plan(upgradeOf(["waiting", "waiting", "waiting"]), { groups });
    expect(Object.keys(first.hosts)).toEqual(["web-1"]);
    expect(plan(upgradeOf(["downloading", "waiting", "waiting"]), { groups }).hosts).toEqual({});
  });

  it("count a host of the group that is offline and not of the upgrade", () => {
    const groups = [group(2, 3)];
    const upgrade = upgradeOf(["waiting", "waiting"]);
    const { hosts } = plan(upgrade, { groups, offline: ["web-3"] });
    expect(hosts["web-1"]).toMatchObject({ state: "waiting", reason: expect.stringContaining("web-3 is offline") });
  });

  it("leave a host out whose group lacks healthy hosts for long", () => {
    const groups = [group(2, 3)];
    const upgrade = upgradeOf(["waiting"]);
    const reason = plan(upgrade, { groups, offline: ["web-3"] }).hosts["web-1"]!.reason!;
    const waited = upgradeOf(["waiting"], { hosts: [{ ...upgrade.hosts[0]!, reason }] });
    const world = { groups, offline: ["web-3"] };
    expect(plan(waited, world, MAX_OFFLINE_WAIT_MILLISECONDS).hosts).toEqual({});
    expect(plan(waited, world, MAX_OFFLINE_WAIT_MILLISECONDS + 1)).toMatchObject({
      hosts: { "web-1": { state: "skipped", reason } },
      whole: { status: "Succeeded", active: 0 },
    });
  });

  it("leave the hosts of a group out that may never miss one", () => {
    expect(plan(upgradeOf(["waiting"]), { groups: [group(3, 3)] }).hosts["web-1"]).toMatchObject({
      state: "skipped",
      reason: expect.stringContaining("give the group a configuration"),
    });
  });

  it("wait for a deployment", () => {
    const { hosts } = plan(upgradeOf(["waiting", "waiting"], { batchSize: 1 }), {
      agents: { "web-1": { deploymentId: "d-1" } },
    });
    expect(hosts).toMatchObject({
      "web-1": { state: "waiting", reason: "it takes part in d-1" },
      "web-2": { state: "offered" },
    });
  });

  it("wait for a host that is offline, for ten minutes", () => {
    const offline = { agents: { "web-1": { presence: "offline" } } } as const;
    expect(plan(upgradeOf(["waiting", "waiting"]), offline).hosts).toMatchObject({
      "web-1": { state: "waiting", reason: "it is offline" },
      "web-2": { state: "offered" },
    });
    const hosts = [{ ...upgradeOf(["waiting"]).hosts[0]!, reason: "it is offline" }];
    const upgrade = upgradeOf([], { hosts });
    expect(plan(upgrade, offline, MAX_OFFLINE_WAIT_MILLISECONDS).hosts).toEqual({});
    expect(plan(upgrade, offline, MAX_OFFLINE_WAIT_MILLISECONDS + 1).hosts["web-1"]).toMatchObject({
      state: "skipped",
      reason: "it was offline for ten minutes",
    });
  });

  it.each<[string, Partial<ObservedAgent> | null, string, RegExp | null]>([
    ["has the version", { version: "0.3.0" }, "done", /had the version/],
    ["has a later one", { version: "0.4.0" }, "skipped", /allow-downgrade/],
    ["was removed", null, "skipped", /removed/],
    ["runs the AWS agent", { agent: "aws", version: "OFFICIAL_1.8.1" }, "skipped", /AWS agent/],
    ["never spoke", { presence: "never", version: null }, "skipped", /no agent/],
    ["is of before upgrades", { platform: null }, "skipped", /join the host again/],
    ["was started by hand", { obstacle: "it was started\u001b[31m by hand" }, "skipped", /started\\x1b/],
    ["is of another machine", { platform: "linux-arm64" }, "skipped", /no program for linux-arm64/],
    ["is earlier", { version: "0.1.0" }, "offered", null],
  ])("of a host that %s", (_, agent, state, reason) => {
    const { hosts } = plan(upgradeOf(["waiting"]), { agents: { "web-1": agent } });
    expect(hosts["web-1"]).toMatchObject({
      state,
      reason: reason === null ? null : expect.stringMatching(reason),
    });
  });

  it("of a later version go on where a downgrade is asked for", () => {
    const upgrade = upgradeOf(["waiting"], { allowDowngrade: true });
    expect(plan(upgrade, { agents: { "web-1": { version: "0.4.0" } } }).hosts["web-1"]).toMatchObject({
      state: "offered",
    });
  });
});

describe("hosts under way", () => {
  it.each([
    ["offered", MAX_OFFER_MILLISECONDS],
    ["downloading", MAX_PROGRAM_DOWNLOAD_MILLISECONDS],
    ["restarted", MAX_RESTART_MILLISECONDS],
  ] as const)("that stay %s too long fail the upgrade", (state, limit) => {
    const upgrade = upgradeOf([state, "waiting"], { batchSize: 1 });
    expect(plan(upgrade, {}, limit).hosts).toEqual({});
    expect(plan(upgrade, {}, limit + 1)).toMatchObject({
      hosts: { "web-1": { state: "failed" }, "web-2": { state: "skipped" } },
      whole: { status: "Failed", active: 0, end_status: "Failed" },
    });
  });

  it.each([
    ["offered", MAX_OFFER_MILLISECONDS],
    ["downloading", MAX_PROGRAM_DOWNLOAD_MILLISECONDS],
    ["restarted", MAX_RESTART_MILLISECONDS],
  ] as const)("that stay %s while the server is away have as long again from its return on", (state, limit) => {
    const world = { heardSince: NOON + 10 * limit };
    expect(plan(upgradeOf([state]), world, 11 * limit).hosts).toEqual({});
    expect(plan(upgradeOf([state]), world, 11 * limit + 1).hosts["web-1"]).toMatchObject({ state: "failed" });
  });

  it("that the server cannot offer the program any more say so at once, and are not blamed for it", () => {
    const withheld = "the server cannot offer the agent: its file was replaced";
    const upgrade = upgradeOf(["offered"]);
    expect(plan(upgrade, { withheld }, MAX_OFFER_MILLISECONDS * 2).hosts["web-1"]).toMatchObject({
      state: "offered",
      reason: withheld,
    });
    const told = upgradeOf([], { hosts: [{ ...upgrade.hosts[0]!, reason: withheld }] });
    expect(plan(told, { withheld }, MAX_OFFER_MILLISECONDS).hosts).toEqual({});
    // The file is there again.
    expect(plan(told, {}, MAX_OFFER_MILLISECONDS).hosts["web-1"]).toMatchObject({ state: "offered", reason: null });
    expect(plan(told, { withheld }, MAX_OFFER_MILLISECONDS + 1)).toMatchObject({
      hosts: { "web-1": { state: "failed", reason: withheld } },
      whole: { status: "Failed", reason: `web-1 was not upgraded: ${withheld}` },
    });
  });

  it("may take as long as a script that runs there", () => {
    const world = { agents: { "web-1": { runningCommands: 1 } } };
    expect(plan(upgradeOf(["restarted"]), world, 10 * MAX_RESTART_MILLISECONDS).hosts).toEqual({});
  });

  it("that go offline before they take the offer wait again", () => {
    const { hosts } = plan(upgradeOf(["offered"]), { agents: { "web-1": { presence: "offline" } } });
    expect(hosts["web-1"]).toMatchObject({ state: "waiting", reason: "it is offline" });
  });

  it("that were removed are left out", () => {
    expect(plan(upgradeOf(["restarted"]), { agents: { "web-1": null } })).toMatchObject({
      hosts: { "web-1": { state: "skipped" } },
      whole: { status: "Succeeded" },
    });
  });
});

describe("the end", () => {
  it("comes with the last host", () => {
    expect(plan(upgradeOf(["done", "skipped"])).whole).toMatchObject({
      status: "Succeeded",
      ended_at: NOON,
      active: 0,
    });
    expect(plan(upgradeOf(["done", "offered"])).whole).toBeNull();
  });

  it("begins at the first host that was restored, and waits for those under way", () => {
    const upgrade = upgradeOf(["restored", "downloading", "offered", "waiting"], { batchSize: 3 });
    expect(plan(upgrade)).toMatchObject({
      hosts: { "web-3": { state: "skipped" }, "web-4": { state: "skipped" } },
      whole: { status: "Stopping", end_status: "Failed", reason: "web-1 runs its former agent again" },
    });
  });

  it.each([["Failed"], ["Stopped"]] as const)("of a stop is %s once nobody is under way", (endStatus) => {
    const change = { status: "Stopping", endStatus } as const;
    expect(plan(upgradeOf(["restarted", "waiting"], change))).toMatchObject({
      hosts: { "web-2": { state: "skipped" } },
      whole: null,
    });
    expect(plan(upgradeOf(["done", "skipped"], change)).whole).toMatchObject({ status: endStatus, active: 0 });
  });
});
