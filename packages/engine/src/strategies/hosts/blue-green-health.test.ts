import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { describe, expect, it } from "vitest";
import {
  ALL_AT_ONCE,
  blueGreen,
  HALF_AT_A_TIME,
  ONE_AT_A_TIME,
  PlayedDeployment,
  twoFleets,
} from "../../engine.fixture.ts";
import type { HealthRule } from "../../state.ts";

const hostCount = (value: number): HealthRule => ({ type: "HOST_COUNT", value });
const fleetPercent = (value: number): HealthRule => ({ type: "FLEET_PERCENT", value });
const greens = (count: number) => Array.from({ length: count }, (_, index) => `g${index + 1}`);

interface Row {
  readonly rule: HealthRule;
  readonly hosts: number;
  readonly fail?: readonly string[];
  readonly atOnce: number;
  readonly status: "Succeeded" | "Failed";
  /** Hosts that had their turn. */
  readonly tried: readonly string[];
}

/** One deployment, whose listed hosts fail at `event`; what is counted begins with `first`. */
function playStep(row: Row, first: LifecycleEventName, event: LifecycleEventName, originals = 2) {
  const played = new PlayedDeployment({
    healthRule: row.rule,
    strategy: blueGreen(),
    ...twoFleets(row.hosts, originals),
  });
  let atOnce = 0;
  played.play((id, name) => {
    const atWork = (played.state.targets ?? []).filter((target) => {
      const events = target.lifecycleEvents.map(({ name }) => name);
      const place = events.indexOf(target.command?.event ?? "ApplicationStop");
      return target.command !== null && events.includes(first) && place >= events.indexOf(first);
    });
    atOnce = Math.max(atOnce, atWork.length);
    return name === event && (row.fail?.includes(id) ?? false);
  });
  const tried = played.offered.filter((one) => one.event === first).map(({ targetId }) => targetId);
  return { played, atOnce, tried };
}

describe("minimum healthy hosts, blue/green: installing on the replacement fleet (section 4)", () => {
  it.each<[string, Row]>([
    [
      "FLEET_PERCENT 40 of 9 keeps 4, and takes 5 at a time",
      { rule: fleetPercent(40), hosts: 9, atOnce: 5, tried: greens(9), status: "Succeeded" },
    ],
    [
      "FLEET_PERCENT 40 of 9 stops when five have failed and others wait",
      { rule: fleetPercent(40), hosts: 9, fail: greens(5), atOnce: 5, tried: greens(5), status: "Failed" },
    ],
    [
      "HOST_COUNT 6 of 9 takes 3 at a time, and bears three failures, the last at the end",
      { rule: hostCount(6), hosts: 9, fail: ["g1", "g5", "g9"], atOnce: 3, tried: greens(9), status: "Succeeded" },
    ],
    [
      "HOST_COUNT 6 of 9 fails at the third failure while others wait",
      { rule: hostCount(6), hosts: 9, fail: ["g1", "g4", "g5"], atOnce: 3, tried: greens(5), status: "Failed" },
    ],
    [
      "HOST_COUNT 8 of 9 fails at a failure that is not the last host's",
      { rule: hostCount(8), hosts: 9, fail: ["g3"], atOnce: 1, tried: greens(3), status: "Failed" },
    ],
    [
      "HOST_COUNT 8 of 9 tolerates the last host's failure",
      { rule: hostCount(8), hosts: 9, fail: ["g9"], atOnce: 1, tried: greens(9), status: "Succeeded" },
    ],
    [
      "FLEET_PERCENT 95 of 9 rounds up to all nine and fails at once",
      { rule: fleetPercent(95), hosts: 9, atOnce: 0, tried: [], status: "Failed" },
    ],
    [
      "HalfAtATime of 9 takes 4 at a time, and succeeds when 5 succeed",
      {
        rule: HALF_AT_A_TIME,
        hosts: 9,
        fail: ["g1", "g2", "g3", "g9"],
        atOnce: 4,
        tried: greens(9),
        status: "Succeeded",
      },
    ],
    [
      "HalfAtATime of 9 fails when only 5 are left and others wait",
      { rule: HALF_AT_A_TIME, hosts: 9, fail: greens(4), atOnce: 4, tried: greens(4), status: "Failed" },
    ],
    [
      "AllAtOnce takes all together, and succeeds when one succeeds",
      { rule: ALL_AT_ONCE, hosts: 7, fail: greens(6), atOnce: 7, tried: greens(7), status: "Succeeded" },
    ],
    [
      "AllAtOnce fails when none succeeds",
      { rule: ALL_AT_ONCE, hosts: 7, fail: greens(7), atOnce: 7, tried: greens(7), status: "Failed" },
    ],
    [
      "OneAtATime of 4 tolerates the last host's failure",
      { rule: ONE_AT_A_TIME, hosts: 4, fail: ["g4"], atOnce: 1, tried: greens(4), status: "Succeeded" },
    ],
    [
      "OneAtATime of 4 fails at any other failure",
      { rule: ONE_AT_A_TIME, hosts: 4, fail: ["g2"], atOnce: 1, tried: greens(2), status: "Failed" },
    ],
    [
      "OneAtATime of 1 fails when that host does",
      { rule: ONE_AT_A_TIME, hosts: 1, fail: ["g1"], atOnce: 1, tried: greens(1), status: "Failed" },
    ],
    [
      "HalfAtATime of 1 may install on that host",
      { rule: HALF_AT_A_TIME, hosts: 1, atOnce: 1, tried: greens(1), status: "Succeeded" },
    ],
  ])("%s", (_, row) => {
    const { played, tried } = playStep(row, "ApplicationStop", "ValidateService");
    const installing = Math.max(0, ...atOnceIn(played, row.hosts));
    expect({ status: played.state.status, tried, atOnce: installing }).toEqual({
      status: row.status,
      tried: row.tried,
      atOnce: row.atOnce,
    });
    if (row.status === "Failed") {
      expect(played.offered.some(({ event }) => event === "BeforeAllowTraffic" || event === "BlockTraffic")).toBe(
        false,
      );
      expect(played.outcomes.b1 ?? "Skipped").toBe("Skipped");
    }
  });
});

/** How many replacements were installing at once, after each event. */
function atOnceIn(played: PlayedDeployment, hosts: number): number[] {
  const atWork = new Set<string>();
  return played.events.map((event) => {
    if (event.type === "commandOffered" && event.event === "ApplicationStop") atWork.add(event.targetId);
    if (event.type === "targetReady" || event.type === "targetFailed") atWork.delete(event.targetId);
    expect(atWork.size).toBeLessThanOrEqual(hosts);
    return atWork.size;
  });
}

describe("minimum healthy hosts, blue/green: letting traffic in on the replacements (section 4)", () => {
  const rows: readonly [string, Row][] = [
    ["AllAtOnce: all together", { rule: ALL_AT_ONCE, hosts: 5, atOnce: 5, tried: greens(5), status: "Succeeded" }],
    [
      "AllAtOnce: one that succeeds is enough",
      { rule: ALL_AT_ONCE, hosts: 5, fail: greens(4), atOnce: 5, tried: greens(5), status: "Succeeded" },
    ],
    [
      "AllAtOnce: none that succeeds is not",
      { rule: ALL_AT_ONCE, hosts: 5, fail: greens(5), atOnce: 5, tried: greens(5), status: "Failed" },
    ],
    [
      "HalfAtATime: half at a time",
      { rule: HALF_AT_A_TIME, hosts: 6, atOnce: 3, tried: greens(6), status: "Succeeded" },
    ],
    [
      "HalfAtATime: half that succeed are enough",
      { rule: HALF_AT_A_TIME, hosts: 6, fail: ["g1", "g2", "g6"], atOnce: 3, tried: greens(6), status: "Succeeded" },
    ],
    [
      "HalfAtATime: fewer than half are not",
      { rule: HALF_AT_A_TIME, hosts: 6, fail: greens(3), atOnce: 3, tried: greens(3), status: "Failed" },
    ],
    ["OneAtATime: one at a time", { rule: ONE_AT_A_TIME, hosts: 4, atOnce: 1, tried: greens(4), status: "Succeeded" }],
    [
      "OneAtATime: all must succeed, the first",
      { rule: ONE_AT_A_TIME, hosts: 4, fail: ["g1"], atOnce: 1, tried: greens(1), status: "Failed" },
    ],
    [
      "OneAtATime: all must succeed, the last too",
      { rule: ONE_AT_A_TIME, hosts: 4, fail: ["g4"], atOnce: 1, tried: greens(4), status: "Failed" },
    ],
    [
      "OneAtATime of one: it must succeed",
      { rule: ONE_AT_A_TIME, hosts: 1, fail: ["g1"], atOnce: 1, tried: greens(1), status: "Failed" },
    ],
    [
      "HOST_COUNT 3 of 5: two at a time, and three that succeed are enough",
      { rule: hostCount(3), hosts: 5, fail: ["g2", "g5"], atOnce: 2, tried: greens(5), status: "Succeeded" },
    ],
  ];
  it.each(
    rows.flatMap(([name, row]) =>
      (["BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"] as const).map((event) => ({ name, row, event })),
    ),
  )("$name (failing at $event)", ({ row, event }) => {
    const { played, atOnce, tried } = playStep(row, "BeforeAllowTraffic", event);
    expect({ status: played.state.status, tried, atOnce }).toEqual({
      status: row.status,
      tried: row.tried,
      atOnce: row.atOnce,
    });
    if (row.status === "Failed") {
      expect(played.outcomes).toMatchObject({ b1: "Skipped", b2: "Skipped" });
      expect(played.state.error?.code).toBe("HEALTH_CONSTRAINTS");
    } else if (row.fail) {
      expect(played.state.statusMessages.join()).toContain(`Succeeded with ${row.fail.length} failed host`);
    }
  });

  it("concerns the hosts that got the revision: of those half must serve, whatever failed before", () => {
    const played = new PlayedDeployment({ healthRule: HALF_AT_A_TIME, strategy: blueGreen(), ...twoFleets(6, 2) });
    played.play((id, event) => (id < "g3" && event === "Install") || (id === "g3" && event === "AllowTraffic"));
    expect(played.state.status).toBe("Succeeded");
    expect(played.outcomes).toMatchObject({ g1: "Failed", g2: "Failed", g3: "Failed", b1: "Succeeded" });
    expect(played.offeredTo("g1")).not.toContain("BeforeAllowTraffic");
    expect(played.state.statusMessages.join()).toContain("Succeeded with 3 failed hosts");
  });

  it("goes on one at a time when the installation left no more hosts than the minimum", () => {
    const row: Row = { rule: hostCount(3), hosts: 4, fail: ["g4"], atOnce: 1, tried: greens(3), status: "Succeeded" };
    const { played, atOnce, tried } = playStep(row, "BeforeAllowTraffic", "Install");
    expect({ status: played.state.status, atOnce, tried }).toEqual({
      status: "Succeeded",
      atOnce: 1,
      tried: greens(3),
    });
  });
});

describe("minimum healthy hosts, blue/green: taking the originals out (section 4)", () => {
  it.each<[string, HealthRule, number]>([
    ["AllAtOnce: all together", ALL_AT_ONCE, 6],
    ["HalfAtATime: half at a time", HALF_AT_A_TIME, 3],
    ["OneAtATime: one at a time", ONE_AT_A_TIME, 1],
    ["HOST_COUNT 2: all but two", hostCount(2), 4],
  ])("%s", (_, rule, atOnce) => {
    const row: Row = { rule, hosts: 4, atOnce, tried: [], status: "Succeeded" };
    const step = playStep(row, "BeforeBlockTraffic", "BlockTraffic", 6);
    expect({ status: step.played.state.status, atOnce: step.atOnce }).toEqual({ status: "Succeeded", atOnce });
    expect(step.tried).toEqual(["b1", "b2", "b3", "b4", "b5", "b6"]);
  });

  it.each([ALL_AT_ONCE, HALF_AT_A_TIME, ONE_AT_A_TIME, hostCount(2)])(
    "one original that fails to deregister fails the run, after the others have left: $type $value",
    (rule) => {
      for (const failing of ["b1", "b6"]) {
        const row: Row = { rule, hosts: 4, fail: [failing], atOnce: 0, tried: [], status: "Failed" };
        const { played, tried } = playStep(row, "BeforeBlockTraffic", "BlockTraffic", 6);
        expect(played.state).toMatchObject({ status: "Failed", error: { code: "HEALTH_CONSTRAINTS" } });
        expect(played.state.error?.message).toContain(
          "The replacement hosts receive traffic, but 1 original host could not be deregistered from the load balancer. First failure:",
        );
        expect(tried).toHaveLength(6);
        expect(played.state.statusMessages).toContain(
          `Deregistration from the load balancer started and not finished: ${failing}.`,
        );
      }
    },
  );

  it("hooks that fail around it are forgiven where that was asked for, BlockTraffic itself never", () => {
    for (const [event, status] of [
      ["BeforeBlockTraffic", "Succeeded"],
      ["AfterBlockTraffic", "Succeeded"],
      ["BlockTraffic", "Failed"],
    ] as const) {
      const played = new PlayedDeployment({
        healthRule: ALL_AT_ONCE,
        strategy: blueGreen(),
        ignoreApplicationStopFailures: true,
        ...twoFleets(2, 2),
      });
      expect(played.play((id, name) => id === "b1" && name === event).state.status).toBe(status);
    }
  });
});
