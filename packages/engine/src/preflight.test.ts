import { describe, expect, it } from "vitest";
import {
  ALL_AT_ONCE,
  alive,
  candidate,
  createdState,
  HALF_AT_A_TIME,
  healthyCandidates,
  liveness,
  ONE_AT_A_TIME,
  PlayedDeployment,
  type Settings,
  START,
} from "./engine.fixture.ts";
import type { HostLiveness } from "./observation.ts";
import { rehearse, startObstacle } from "./preflight.ts";
import { describeArithmetic, describeMinimum, describeSpareCapacity } from "./preflight-words.ts";
import type { HealthRule, HostWay } from "./state.ts";
import { strategyWith } from "./strategy.fixture.ts";

const MINUTE = 60_000;
const BLUE_GREEN: HostWay = {
  type: "blue-green",
  readyWaitMilliseconds: 5 * MINUTE,
  terminationWaitMilliseconds: 2 * MINUTE,
};
const greens = ["g1", "g2"].map((id) => candidate(id));
const blues = ["b1", "b2"].map((id) => candidate(id, { wasHealthy: true, revisionHealth: "Old" }));
const DARK = liveness({ silentSince: START - MINUTE, lastSeenAt: START - MINUTE });

function rehearsed(settings: Settings, dark: readonly string[] = []) {
  const { candidates, replacements } = settings;
  const hosts = new Map<string, HostLiveness>(
    [...candidates, ...(replacements ?? [])].map(({ targetId }) => [
      targetId,
      dark.includes(targetId) ? DARK : alive(START),
    ]),
  );
  const resolution = { outcome: "resolved" as const, candidates, ...(replacements ? { replacements } : {}) };
  return rehearse(createdState(settings), resolution, hosts, START);
}

/** `deploy h01 h02 | ready 300 s | …` */
function story(settings: Settings, dark?: readonly string[]): string {
  return rehearsed(settings, dark)
    .steps.map((step) => {
      if (step.kind === "wait") return `${step.wait} ${step.zone ?? ""}${step.milliseconds / 1000}s`;
      return [step.kind === "hosts" ? step.stage : step.kind, ...step.targetIds].join(" ");
    })
    .join(" | ");
}

describe("a rehearsal", () => {
  it("puts hosts into the batches that the configuration allows", () => {
    expect(story({ healthRule: HALF_AT_A_TIME, candidates: healthyCandidates(5) })).toBe(
      "deploy h01 h02 | deploy h03 h04 | deploy h05",
    );
    expect(story({ healthRule: ONE_AT_A_TIME, candidates: healthyCandidates(3) })).toBe(
      "deploy h01 | deploy h02 | deploy h03",
    );
  });

  it.each([ALL_AT_ONCE, HALF_AT_A_TIME, ONE_AT_A_TIME, { type: "HOST_COUNT", value: 6 } as HealthRule])(
    "admits hosts in the order, and ends as, a deployment does whose hosts all succeed: $type $value",
    (healthRule) => {
      const settings = { healthRule, candidates: healthyCandidates(9) };
      const played = new PlayedDeployment(settings).play();
      const { end, touched } = rehearsed(settings);
      expect(touched).toEqual(played.attempted);
      expect(end.status).toBe(played.state.status);
      expect(end.targets?.map(({ status }) => status)).toEqual(Object.values(played.outcomes));
    },
  );

  it("goes zone after zone, and watches each but the last", () => {
    const inZone = (zone: string, id: string) => candidate(id, { zone, wasHealthy: true });
    const zones = { firstZoneMonitorMilliseconds: 90_000, monitorMilliseconds: 30_000, minimumPerZone: ONE_AT_A_TIME };
    const candidates = [inZone("c", "c1"), inZone("a", "a1"), inZone("a", "a2"), inZone("b", "b1")];
    expect(
      story({ healthRule: ALL_AT_ONCE, candidates, strategy: { type: "in-place", hasTrafficControl: false, zones } }),
    ).toBe("deploy a1 | deploy a2 | baking a90s | deploy b1 | baking b30s | deploy c1");
  });

  it("moves traffic between two fleets in the order of the stages, through their waits", () => {
    const settings = { healthRule: ALL_AT_ONCE, candidates: blues, replacements: greens, strategy: BLUE_GREEN };
    expect(story(settings)).toBe(
      "deploy g1 g2 | ready 300s | allow g1 g2 | block b1 b2 | termination 120s | terminate b1 b2",
    );
    expect(rehearsed(settings).end.status).toBe("Succeeded");
  });

  it("lets hosts leave and join their load balancer", () => {
    const strategy = { type: "in-place", hasTrafficControl: true, zones: null } as const;
    const settings = { healthRule: ONE_AT_A_TIME, candidates: healthyCandidates(2), strategy };
    expect(story(settings)).toBe("deploy h01 | deploy h02");
    expect(rehearsed(settings).end.status).toBe("Succeeded");
  });

  it("fails dark hosts when their turn comes, and says how the deployment ends with them", () => {
    const settings = { healthRule: HALF_AT_A_TIME, candidates: healthyCandidates(4) };
    const one = rehearsed(settings, ["h02"]);
    expect(one.end.status).toBe("Succeeded");
    expect(one.touched).toEqual(["h01", "h03", "h04"]);
    const three = rehearsed(settings, ["h02", "h03", "h04"]);
    expect(three.end.error?.code).toBe("AGENT_ISSUE");
    expect(three.touched).toEqual(["h01"]);
    expect(startObstacle(three)).toBeNull();
  });

  it("comes to its end with a host whose agent says goodbye between the deployment's creation and its start", () => {
    const settings = { healthRule: ALL_AT_ONCE, strategy: BLUE_GREEN, candidates: blues, replacements: greens };
    const created = createdState(settings);
    const left = liveness({ goodbyeAt: created.createdAt + 1, silentSince: START, lastSeenAt: START });
    const hosts = new Map([...blues, ...greens].map(({ targetId }) => [targetId, left]));
    const resolution = { outcome: "resolved" as const, candidates: blues, replacements: greens };
    expect(rehearse(created, resolution, hosts, START).end.status).toBe("Succeeded");
  });

  it("has an obstacle exactly where no host that is alive would get anything to do", () => {
    const settings = { healthRule: ONE_AT_A_TIME, candidates: healthyCandidates(3) };
    expect(startObstacle(rehearsed(settings))).toBeNull();
    expect(startObstacle(rehearsed(settings, ["h01"]))?.code).toBe("AGENT_ISSUE");
    expect(startObstacle(rehearsed({ ...settings, candidates: [] }))?.code).toBe("NO_INSTANCES");
    const strategy = BLUE_GREEN;
    const none = rehearsed({ healthRule: ALL_AT_ONCE, candidates: blues, replacements: [], strategy });
    expect(startObstacle(none)?.code).toBe("NO_INSTANCES");
    const dark = rehearsed({ healthRule: ALL_AT_ONCE, candidates: blues, replacements: greens, strategy }, [
      "g1",
      "g2",
    ]);
    expect(startObstacle(dark)?.code).toBe("AGENT_ISSUE");
    const error = { code: "ALARM_ACTIVE", message: "it fires" };
    const resolution = {
      outcome: "resolved",
      candidates: healthyCandidates(1),
      obstacle: { status: "Stopped", error },
    } as const;
    expect(
      startObstacle(rehearse(createdState(settings), resolution, new Map([["h01", alive(START)]]), START)),
    ).toEqual(error);
  });

  it("plays a thousand hosts one by one", () => {
    const ids = Array.from({ length: 1000 }, (_, index) => candidate(`h${index}`, { wasHealthy: true }));
    expect(rehearsed({ healthRule: ONE_AT_A_TIME, candidates: ids }).steps).toHaveLength(1000);
  });
});

describe("the arithmetic of minimum healthy hosts", () => {
  it.each([
    [{ type: "FLEET_PERCENT", value: 40 }, 9, "FLEET_PERCENT 40 of 9 hosts, rounded up, is 4: up to 5 at a time"],
    [
      { type: "FLEET_PERCENT", value: 95 },
      10,
      "FLEET_PERCENT 95 of 10 hosts, rounded up, is 10: no host can be taken out of service",
    ],
    [
      { type: "FLEET_PERCENT", value: 50 },
      1,
      "FLEET_PERCENT 50 of 1 host counts as 0, because it would round up to that host: up to 1 at a time",
    ],
    [{ type: "HOST_COUNT", value: 6 }, 9, "HOST_COUNT 6, of 9 hosts: up to 3 at a time"],
    [ONE_AT_A_TIME, 4, "MOST_CONCURRENCY 1 of 4 hosts keeps 3: up to 1 at a time"],
  ] as const)("of %o among %i", (rule, hosts, words) => {
    expect(describeMinimum(rule as HealthRule, hosts)).toBe(words);
  });

  it("is said for the fleet and for each zone", () => {
    const zones = { firstZoneMonitorMilliseconds: 0, monitorMilliseconds: 0, minimumPerZone: HALF_AT_A_TIME };
    const candidates = ["b", "a", "a"].map((zone, index) => candidate(`h${index}`, { zone }));
    expect(
      describeArithmetic(
        strategyWith({ type: "in-place", hasTrafficControl: false, zones }, { healthRule: ALL_AT_ONCE }),
        candidates,
        [],
      ),
    ).toEqual([
      "FLEET_PERCENT 0 of 3 hosts, rounded up, is 0: up to 3 at a time",
      "zone a: FLEET_PERCENT 50 of 2 hosts, rounded up, is 1: up to 1 at a time",
      "zone b: FLEET_PERCENT 50 of 1 host counts as 0, because it would round up to that host: up to 1 at a time",
    ]);
  });

  it("tells when healthy hosts have no health to spare", () => {
    const [first, ...rest] = healthyCandidates(4);
    expect(describeSpareCapacity(HALF_AT_A_TIME, healthyCandidates(4))).toBeNull();
    const sick = rest.map((host) => ({ ...host, wasHealthy: false }));
    expect(describeSpareCapacity(HALF_AT_A_TIME, [first!, ...sick])).toContain("1 of 4 hosts are healthy");
  });
});
