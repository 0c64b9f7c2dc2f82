import { describe, expect, it } from "vitest";
import {
  ALL_AT_ONCE,
  candidate,
  HALF_AT_A_TIME,
  healthyCandidates,
  hostIds,
  ONE_AT_A_TIME,
  PlayedDeployment,
} from "../../engine.fixture.ts";
import type { HealthRule } from "../../state.ts";
import { minimumHealthyHosts } from "./minimum-healthy-hosts.ts";

const hostCount = (value: number): HealthRule => ({ type: "HOST_COUNT", value });
const fleetPercent = (value: number): HealthRule => ({ type: "FLEET_PERCENT", value });

describe("minimumHealthyHosts", () => {
  it.each([
    [hostCount(6), 9, 6],
    [hostCount(0), 9, 0],
    [hostCount(9), 9, 9],
    [fleetPercent(40), 9, 4],
    [fleetPercent(95), 10, 10],
    [fleetPercent(50), 9, 5],
    [fleetPercent(50), 10, 5],
    [fleetPercent(99), 1000, 990],
    [fleetPercent(7), 300, 21],
    [fleetPercent(29), 100, 29],
    [fleetPercent(0), 50, 0],
    [fleetPercent(50), 1, 0],
    [fleetPercent(99), 1, 0],
    [ONE_AT_A_TIME, 10, 9],
    [ONE_AT_A_TIME, 1, 0],
    [{ type: "MOST_CONCURRENCY", value: 4 } as const, 3, 0],
  ])("%o of %i hosts is %i", (rule, targetCount, minimum) => {
    expect(minimumHealthyHosts(rule, targetCount)).toBe(minimum);
  });
});

interface Row {
  readonly name: string;
  readonly rule: HealthRule;
  readonly hosts: number;
  /** These fail in their last event. */
  readonly fail?: readonly string[];
  /** At most this many at once, and this many is reached. */
  readonly atOnce: number;
  readonly attempted: readonly string[];
  readonly status: "Succeeded" | "Failed";
  readonly error?: string;
}

/** The rows of codedeploy-semantics.md, section 4. All hosts are healthy before, which is when health can be lost. */
const ROWS: readonly Row[] = [
  {
    name: "FLEET_PERCENT 40 of 9 keeps 4, and takes 5 at a time",
    rule: fleetPercent(40),
    hosts: 9,
    atOnce: 5,
    attempted: hostIds(9),
    status: "Succeeded",
  },
  {
    name: "FLEET_PERCENT 40 of 9 succeeds when 4 succeed, the last five having failed",
    rule: fleetPercent(40),
    hosts: 9,
    fail: ["h05", "h06", "h07", "h08", "h09"],
    atOnce: 5,
    attempted: hostIds(9),
    status: "Succeeded",
  },
  {
    name: "FLEET_PERCENT 40 of 9 stops when five have failed and others wait",
    rule: fleetPercent(40),
    hosts: 9,
    fail: hostIds(5),
    atOnce: 5,
    attempted: hostIds(5),
    status: "Failed",
    error: "HEALTH_CONSTRAINTS",
  },
  {
    name: "HOST_COUNT 6 of 9 takes 3 at a time",
    rule: hostCount(6),
    hosts: 9,
    atOnce: 3,
    attempted: hostIds(9),
    status: "Succeeded",
  },
  {
    name: "HOST_COUNT 6 of 9 succeeds when 6 succeed",
    rule: hostCount(6),
    hosts: 9,
    fail: ["h01", "h05", "h09"],
    atOnce: 3,
    attempted: hostIds(9),
    status: "Succeeded",
  },
  {
    name: "HOST_COUNT 6 of 9 fails at the third failure while others wait",
    rule: hostCount(6),
    hosts: 9,
    fail: ["h01", "h04", "h05"],
    atOnce: 3,
    attempted: hostIds(5),
    status: "Failed",
    error: "HEALTH_CONSTRAINTS",
  },
  {
    name: "HOST_COUNT 9 of 10 fails at a failure that is not the last host's",
    rule: hostCount(9),
    hosts: 10,
    fail: ["h03"],
    atOnce: 1,
    attempted: hostIds(3),
    status: "Failed",
    error: "HEALTH_CONSTRAINTS",
  },
  {
    name: "HOST_COUNT 9 of 10 fails at the failure of the last but one",
    rule: hostCount(9),
    hosts: 10,
    fail: ["h09"],
    atOnce: 1,
    attempted: hostIds(9),
    status: "Failed",
    error: "HEALTH_CONSTRAINTS",
  },
  {
    name: "HOST_COUNT 9 of 10 tolerates the last host's failure",
    rule: hostCount(9),
    hosts: 10,
    fail: ["h10"],
    atOnce: 1,
    attempted: hostIds(10),
    status: "Succeeded",
  },
  {
    name: "HOST_COUNT 8 of 10 takes 2 at a time",
    rule: hostCount(8),
    hosts: 10,
    atOnce: 2,
    attempted: hostIds(10),
    status: "Succeeded",
  },
  {
    name: "HOST_COUNT 8 of 10 tolerates one failure, and goes on one at a time",
    rule: hostCount(8),
    hosts: 10,
    fail: ["h02"],
    atOnce: 2,
    attempted: hostIds(10),
    status: "Succeeded",
  },
  {
    name: "HOST_COUNT 8 of 10 fails at the second failure",
    rule: hostCount(8),
    hosts: 10,
    fail: ["h02", "h05"],
    atOnce: 2,
    attempted: hostIds(5),
    status: "Failed",
    error: "HEALTH_CONSTRAINTS",
  },
  {
    name: "HOST_COUNT 8 of 10 tolerates the second failure on the last host",
    rule: hostCount(8),
    hosts: 10,
    fail: ["h02", "h10"],
    atOnce: 2,
    attempted: hostIds(10),
    status: "Succeeded",
  },
  {
    name: "FLEET_PERCENT 95 of 10 rounds up to all ten and fails at once",
    rule: fleetPercent(95),
    hosts: 10,
    atOnce: 0,
    attempted: [],
    status: "Failed",
    error: "HEALTH_CONSTRAINTS_INVALID",
  },
  {
    name: "a minimum above the number of hosts fails at once",
    rule: hostCount(11),
    hosts: 10,
    atOnce: 0,
    attempted: [],
    status: "Failed",
    error: "HEALTH_CONSTRAINTS_INVALID",
  },
  {
    name: "HalfAtATime of 9 takes 4 at a time",
    rule: HALF_AT_A_TIME,
    hosts: 9,
    atOnce: 4,
    attempted: hostIds(9),
    status: "Succeeded",
  },
  {
    name: "HalfAtATime of 9 succeeds when 5 succeed",
    rule: HALF_AT_A_TIME,
    hosts: 9,
    fail: ["h01", "h02", "h03", "h09"],
    atOnce: 4,
    attempted: hostIds(9),
    status: "Succeeded",
  },
  {
    name: "HalfAtATime of 9 fails when only 5 are left and others wait",
    rule: HALF_AT_A_TIME,
    hosts: 9,
    fail: ["h01", "h02", "h03", "h04"],
    atOnce: 4,
    attempted: hostIds(4),
    status: "Failed",
    error: "HEALTH_CONSTRAINTS",
  },
  {
    name: "AllAtOnce takes all together",
    rule: ALL_AT_ONCE,
    hosts: 7,
    atOnce: 7,
    attempted: hostIds(7),
    status: "Succeeded",
  },
  {
    name: "AllAtOnce succeeds when one succeeds",
    rule: ALL_AT_ONCE,
    hosts: 7,
    fail: hostIds(6),
    atOnce: 7,
    attempted: hostIds(7),
    status: "Succeeded",
  },
  {
    name: "AllAtOnce fails when none succeeds",
    rule: ALL_AT_ONCE,
    hosts: 7,
    fail: hostIds(7),
    atOnce: 7,
    attempted: hostIds(7),
    status: "Failed",
    error: "HEALTH_CONSTRAINTS",
  },
  {
    name: "OneAtATime of 4 succeeds when all succeed",
    rule: ONE_AT_A_TIME,
    hosts: 4,
    atOnce: 1,
    attempted: hostIds(4),
    status: "Succeeded",
  },
  {
    name: "OneAtATime of 4 tolerates the last host's failure",
    rule: ONE_AT_A_TIME,
    hosts: 4,
    fail: ["h04"],
    atOnce: 1,
    attempted: hostIds(4),
    status: "Succeeded",
  },
  {
    name: "OneAtATime of 4 fails at any other failure",
    rule: ONE_AT_A_TIME,
    hosts: 4,
    fail: ["h03"],
    atOnce: 1,
    attempted: hostIds(3),
    status: "Failed",
    error: "HEALTH_CONSTRAINTS",
  },
  {
    name: "OneAtATime of 1 succeeds when that host does",
    rule: ONE_AT_A_TIME,
    hosts: 1,
    atOnce: 1,
    attempted: ["h01"],
    status: "Succeeded",
  },
  {
    name: "OneAtATime of 1 fails when that host does",
    rule: ONE_AT_A_TIME,
    hosts: 1,
    fail: ["h01"],
    atOnce: 1,
    attempted: ["h01"],
    status: "Failed",
    error: "HEALTH_CONSTRAINTS",
  },
  {
    name: "HalfAtATime of 1 may deploy to that host",
    rule: HALF_AT_A_TIME,
    hosts: 1,
    atOnce: 1,
    attempted: ["h01"],
    status: "Succeeded",
  },
  {
    name: "HOST_COUNT 1 of 1 leaves no host to deploy to",
    rule: hostCount(1),
    hosts: 1,
    atOnce: 0,
    attempted: [],
    status: "Failed",
    error: "HEALTH_CONSTRAINTS_INVALID",
  },
];

describe("minimum healthy hosts (codedeploy-semantics.md, section 4)", () => {
  for (const row of ROWS) {
    it(row.name, () => {
      const played = new PlayedDeployment({ healthRule: row.rule, candidates: healthyCandidates(row.hosts) });
      played.play((targetId, event) => event === "ValidateService" && (row.fail?.includes(targetId) ?? false));
      expect({
        status: played.state.status,
        error: played.state.error?.code,
        attempted: played.attempted,
        atOnce: played.mostInFlight,
      }).toEqual({ status: row.status, error: row.error, attempted: row.attempted, atOnce: row.atOnce });
      for (const id of hostIds(row.hosts).filter((one) => row.attempted.length > 0 && !row.attempted.includes(one))) {
        expect(played.outcomes[id]).toBe("Skipped");
      }
    });
  }

  it("does the same in a group that was never deployed to: the cap holds for unhealthy hosts too", () => {
    const played = new PlayedDeployment({
      healthRule: HALF_AT_A_TIME,
      candidates: hostIds(9).map((id) => candidate(id)),
    });
    expect(played.play().mostInFlight).toBe(4);
    expect(played.state.status).toBe("Succeeded");
  });
});
