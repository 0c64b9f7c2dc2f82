import { describe, expect, it } from "vitest";
import {
  ALL_AT_ONCE,
  candidate,
  HALF_AT_A_TIME,
  IN_PLACE_WITH_BALANCER,
  ONE_AT_A_TIME,
  PlayedDeployment,
  type Settings,
  zonal,
} from "../../engine.fixture.ts";
import type { HealthRule, ZoneRule } from "../../state.ts";

const MINUTE = 60_000;
/** Written so that neither the order of ids nor that of the list is the order of zones. */
const ZONES: Readonly<Record<string, readonly string[]>> = {
  c: ["h01", "h02", "h03"],
  a: ["h04", "h05", "h06"],
  none: ["h07", "h08"],
  b: ["h09", "h10", "h11"],
};

function hostsOf(zones: Readonly<Record<string, readonly string[]>>, wasHealthy = true) {
  return Object.entries(zones).flatMap(([zone, ids]) =>
    ids.map((id) => candidate(id, { zone: zone === "none" ? null : zone, wasHealthy, revisionHealth: "Old" })),
  );
}

function started(rule: Partial<ZoneRule> = {}, more: Partial<Settings> = {}) {
  const played = new PlayedDeployment({
    healthRule: ALL_AT_ONCE,
    candidates: hostsOf(ZONES),
    strategy: zonal(rule),
    ...more,
  });
  played.plan();
  return played;
}

const hostCount = (value: number): HealthRule => ({ type: "HOST_COUNT", value });
const inFlight = ({ state }: PlayedDeployment) =>
  (state.targets ?? []).filter(({ status }) => status === "InProgress").map(({ targetId }) => targetId);
const openZones = ({ targets }: PlayedDeployment) =>
  new Set(targets.filter(({ status }) => status === "InProgress").map(({ zone }) => zone));

describe("zones", () => {
  it("are deployed to one after another by name, hosts without a zone last", () => {
    const played = started().play();
    expect(played.attempted).toEqual([
      ...["h04", "h05", "h06"],
      ...["h09", "h10", "h11"],
      ...["h01", "h02", "h03"],
      ...["h07", "h08"],
    ]);
    expect(played.state.status).toBe("Succeeded");
  });

  it("are not mixed: no host of the next zone is touched while one is at work in this one", () => {
    const played = started();
    expect(inFlight(played)).toEqual(["h04", "h05", "h06"]);
    for (const id of ["h04", "h05"]) {
      played.bringTo(id, "ValidateService");
      played.acknowledge(id);
      played.complete(id);
      played.plan();
    }
    expect(inFlight(played)).toEqual(["h06"]);
  });

  it("keep the fleet's minimum inside each: Half of eleven takes five, and a zone has three", () => {
    const played = started({}, { healthRule: ONE_AT_A_TIME });
    played.play();
    expect(played.mostInFlight).toBe(1);
    const half = started({}, { healthRule: HALF_AT_A_TIME });
    half.play();
    expect(half.mostInFlight).toBe(3);
  });

  it("go with a load balancer as without one", () => {
    const strategy = { ...IN_PLACE_WITH_BALANCER, ...zonal(), hasTrafficControl: true };
    const played = started({}, { strategy }).play();
    expect(played.state.status).toBe("Succeeded");
    expect(played.offeredTo("h01")).toHaveLength(13);
  });
});

describe("minimumHealthyHostsPerZone", () => {
  it.each<[string, HealthRule | null, number]>([
    ["absent: a whole zone at once", null, 3],
    ["HOST_COUNT 2 of 3: one at a time", hostCount(2), 1],
    ["FLEET_PERCENT 50 of 3, rounded up to 2: one at a time", HALF_AT_A_TIME, 1],
    ["FLEET_PERCENT 33 of 3, rounded up to 1: two at a time", { type: "FLEET_PERCENT", value: 33 }, 2],
  ])("%s", (_, minimumPerZone, atOnce) => {
    const candidates = hostsOf({ a: ["h01", "h02", "h03"], b: ["h04", "h05", "h06"] });
    const played = started({ minimumPerZone }, { candidates }).play();
    expect({ atOnce: played.mostInFlight, status: played.state.status }).toEqual({ atOnce, status: "Succeeded" });
  });

  it("that a zone cannot keep fails the deployment before anything is touched, and names the zone", () => {
    const played = started({ minimumPerZone: hostCount(2) });
    expect(played.state).toMatchObject({ status: "Failed", error: { code: "HEALTH_CONSTRAINTS_INVALID" } });
    expect(played.state.error?.message).toContain("requires 2 healthy hosts in the hosts without a zone");
    expect(played.attempted).toEqual([]);
  });

  it("counts a zone's only host as none, as for a fleet of one", () => {
    const candidates = hostsOf({ a: ["h01"], b: ["h02"] });
    expect(started({ minimumPerZone: HALF_AT_A_TIME }, { candidates }).play().state.status).toBe("Succeeded");
  });

  it("spent in a zone ends the deployment there, though the fleet could bear it", () => {
    const candidates = hostsOf({ a: ["h01", "h02", "h03"], b: ["h04", "h05", "h06"] });
    const played = started({ minimumPerZone: hostCount(2) }, { candidates }).play((id) => id === "h01");
    expect(played.state).toMatchObject({ status: "Failed", halt: "health", error: { code: "HEALTH_CONSTRAINTS" } });
    expect(played.state.error?.message).toMatch(/^In zone a: The overall deployment failed because/);
    expect(played.attempted).toEqual(["h01"]);
    expect(played.outcomes).toMatchObject({ h01: "Failed", h02: "Skipped", h04: "Skipped" });
  });

  it("tolerates the last host of a zone as the fleet's rule tolerates its last", () => {
    const candidates = hostsOf({ a: ["h01", "h02", "h03"], b: ["h04", "h05", "h06"] });
    const played = started({ minimumPerZone: hostCount(2) }, { candidates }).play((id) => id === "h03");
    expect(played.state.status).toBe("Succeeded");
    expect(played.state.statusMessages.join()).toContain("Succeeded with 1 failed host: host h03");
  });
});

describe("the fleet's minimum over zones", () => {
  it("spent in an earlier zone ends the deployment, without a pause to watch the zone", () => {
    const candidates = hostsOf({ a: ["h01", "h02", "h03"], b: ["h04", "h05", "h06"] });
    const played = started(
      { firstZoneMonitorMilliseconds: MINUTE, monitorMilliseconds: MINUTE },
      { candidates, healthRule: hostCount(3) },
    ).play((id) => id < "h04");
    expect(played.state).toMatchObject({ status: "Failed", error: { code: "HEALTH_CONSTRAINTS" } });
    expect(played.events.map(({ type }) => type)).not.toContain("bakingStarted");
  });

  it("that leaves no host of the zone to take, though none failed, ends the deployment instead of waiting for ever", () => {
    const candidates = [...hostsOf({ a: ["h01", "h02", "h03"] }), ...hostsOf({ b: ["h04", "h05", "h06"] }, false)];
    const played = started({}, { candidates, healthRule: hostCount(3) }).play();
    expect(played.state).toMatchObject({ status: "Failed", error: { code: "HEALTH_CONSTRAINTS" } });
    expect(played.state.error?.message).toContain("3 of 6 hosts are healthy, and 3 must stay healthy");
    expect(Object.values(played.outcomes)).toEqual(Array.from({ length: 6 }, () => "Skipped"));
  });
});

describe("baking", () => {
  const PAUSED = { firstZoneMonitorMilliseconds: 10 * MINUTE, monitorMilliseconds: 3 * MINUTE };

  it("watches the first zone for its own time and each other for theirs, but not the last", () => {
    const played = started(PAUSED).play();
    const pauses: [string | null, number][] = [];
    while (played.state.status === "Baking" && played.state.wait?.kind === "baking") {
      pauses.push([played.state.wait.zone, played.state.wait.until - played.now]);
      played.sleep();
      played.play();
    }
    expect(pauses).toEqual([
      ["a", 10 * MINUTE],
      ["b", 3 * MINUTE],
      ["c", 3 * MINUTE],
    ]);
    expect(played.state.status).toBe("Succeeded");
  });

  it("shows as Baking, touches no host until its time is over, and then is InProgress again", () => {
    const played = started(PAUSED).play();
    expect(played.state.status).toBe("Baking");
    const { until } = played.state.wait ?? { until: 0 };
    played.now = until - 1;
    expect(played.plan()).toEqual({ events: [], effects: [], wakeAt: until });
    played.sleep();
    expect(played.state).toMatchObject({ status: "InProgress", wait: null });
    expect([...openZones(played)]).toEqual(["b"]);
  });

  it("counts from the end of the zone's last host", () => {
    const played = started(PAUSED, { candidates: hostsOf({ a: ["h01", "h02"], b: ["h03"] }) });
    for (const id of ["h01", "h02"]) {
      played.now += MINUTE;
      played.bringTo(id, "ValidateService");
      played.acknowledge(id);
      played.complete(id);
    }
    const endedAt = played.now;
    played.now += 1000;
    played.plan();
    expect(played.state.wait).toEqual({
      kind: "baking",
      zone: "a",
      since: played.now,
      until: endedAt + 10 * MINUTE,
    });
  });

  it("is left out where the time is zero: the next zone starts in the same plan", () => {
    const played = started();
    for (const id of ["h04", "h05", "h06"]) {
      played.bringTo(id, "ValidateService");
      played.acknowledge(id);
      played.complete(id);
    }
    played.plan();
    expect(played.state.status).toBe("InProgress");
    expect([...openZones(played)]).toEqual(["b"]);
  });

  it("follows a zone all of whose hosts failed, where the rules bear that", () => {
    const played = started(PAUSED).play((id) => id >= "h04" && id <= "h06");
    expect(played.state.status).toBe("Baking");
    expect(played.state.wait).toMatchObject({ zone: "a" });
  });

  it("that is stopped ends at once, and the zones to come are Skipped", () => {
    const played = started(PAUSED).play();
    played.stop();
    played.plan();
    expect(played.state).toMatchObject({ status: "Stopped", wait: null, error: { code: "MANUAL_STOP" } });
    expect(played.outcomes).toMatchObject({ h04: "Succeeded", h09: "Skipped", h01: "Skipped", h07: "Skipped" });
  });
});
