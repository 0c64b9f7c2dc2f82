import { describe, expect, it } from "vitest";
import { scenarioOf } from "./hosts/host-scenario.ts";
import { scenarioOf as platformScenario } from "./platforms.ts";
import { DEADLINE } from "./rules/hosts/deadline.ts";
import { HEARD } from "./rules/hosts/heard.ts";
import { HOOK_ORDER } from "./rules/hosts/hook-order.ts";
import { withoutFaults } from "./scenario.ts";
import { simulateWorlds } from "./simulate-worlds.ts";
import { tell } from "./story.ts";
import { medianFleet } from "./tally.ts";
import { simulateWorld, type WorldOptions } from "./world.ts";

/** The same worlds at every run; others by environment variable. */
const SEED = Number(process.env.SLUICE_SEED ?? 20_260_101);
const USUAL_WORLDS = 240;
const WORLDS = Number(process.env.SLUICE_SIMULATION_SEEDS ?? USUAL_WORLDS);
const MIN_DEPLOYMENTS = 6_000;
/** The rarest, an outage for hours, is in four of those worlds. */
const MIN_OF_A_FAULT = 3;
const MIN_FLEET_MEDIAN = 8;
/** On a busy machine its threads, which have the lowest priority, stand still for most of the time. */
const HANGS_MILLISECONDS = 3_600_000;
const FAULTS = [
  "requestLost",
  "answerLost",
  "duplicated",
  "late",
  "serverDeath",
  "diskFailure",
  "agentCrash",
  "agentCrashWithJournalLost",
  "agentGoodbye",
  "reportGivenUp",
  "nextWithAnswer",
  "silentForAWhile",
  "silentForGood",
  "lyingHost",
  "declaredOnly",
  "hostRemoved",
  "deafServer",
  "slowServer",
  "overrunServer",
  "longOutage",
  "balancerUnreachable",
  "balancerRefuses",
  "balancerSlow",
  "alarm",
  "alarmsUnreadable",
  "alarmsSlow",
  "scriptFailure",
  "stopRequest",
  "jostle",
  "hostNotRestarted",
  "nothingToRestart",
];
const STRATEGIES = [
  "in place",
  "in place, with traffic",
  "in place, by zones",
  "blue/green",
  "in place, restart",
  "in place, with traffic, restart",
  "in place, by zones, restart",
  "in place, rollback",
  "in place, with traffic, rollback",
  "blue/green, rollback",
];
const OUTCOMES = [
  "Succeeded",
  "Stopped",
  "Failed (HEALTH_CONSTRAINTS)",
  "Failed (AGENT_ISSUE)",
  "Failed (HEALTH_CONSTRAINTS_INVALID)",
];

/** Of the platforms on which traffic is shifted: few, because what they have in common with hosts is simulated there. */
const SHIFT_WORLDS = 36;
const SCHEDULES = ["all-at-once", "canary", "linear", "rollback"];
const SHIFT_OUTCOMES = ["Succeeded", "Stopped", "Failed (HOOK_EXECUTION_FAILURE)"];
const SHIFT_FAULTS = [
  "portUnreachable",
  "portRefuses",
  "portSlow",
  "portAnswerLost",
  "hookFails",
  "hookLate",
  "hookTwice",
  "hookLies",
  "hookCrashes",
  "hookEndsSilently",
  "serverDeath",
  "diskFailure",
  "deafServer",
  "alarm",
  "stopRequest",
  "jostle",
  "gate next",
  "gate finish",
  "gate pause",
  "gate resume",
];
const FAULTS_OF = { ecs: ["sickness", "stillbirth", "crashLoop"], lambda: [] } as const;

describe("the simulation", () => {
  it(
    "breaks no rule in any world, and has had every strategy, fault and outcome in it",
    async () => {
      const { tally, story, text } = await simulateWorlds({ seed: SEED, count: WORLDS });
      console.log(text);
      expect(story).toBeNull();
      expect(tally.worlds).toBe(WORLDS);
      if (WORLDS < USUAL_WORLDS) return;
      expect(tally.deployments).toBeGreaterThanOrEqual(MIN_DEPLOYMENTS);
      expect(medianFleet(tally)).toBeGreaterThanOrEqual(MIN_FLEET_MEDIAN);
      for (const fault of FAULTS) expect(tally.faults[fault] ?? 0, fault).toBeGreaterThan(MIN_OF_A_FAULT);
      for (const strategy of STRATEGIES) expect(tally.strategies[strategy] ?? 0, strategy).toBeGreaterThan(50);
      for (const outcome of OUTCOMES) expect(tally.outcomes[outcome] ?? 0, outcome).toBeGreaterThan(100);
    },
    HANGS_MILLISECONDS,
  );

  it("does the same again with the same seed, step by step", async () => {
    const once = await simulateWorld(scenarioOf(SEED + 3), { keepsChronicle: true });
    expect(await simulateWorld(scenarioOf(SEED + 3), { keepsChronicle: true })).toEqual(once);
    expect(once.chronicle.length).toBeGreaterThan(50);
  });
});

describe.each(["ecs", "lambda"] as const)("the simulation of %s", (platform) => {
  it(
    "breaks no rule in any world, and has had every schedule and way to end in it",
    async () => {
      const { tally, story, text } = await simulateWorlds({ platform, seed: SEED, count: SHIFT_WORLDS });
      console.log(text);
      expect(story).toBeNull();
      expect(tally.worlds).toBe(SHIFT_WORLDS);
      for (const fault of [...SHIFT_FAULTS, ...FAULTS_OF[platform]])
        expect(tally.faults[fault] ?? 0, fault).toBeGreaterThan(0);
      for (const schedule of SCHEDULES) expect(tally.strategies[schedule] ?? 0, schedule).toBeGreaterThan(50);
      for (const outcome of SHIFT_OUTCOMES) expect(tally.outcomes[outcome] ?? 0, outcome).toBeGreaterThan(10);
    },
    HANGS_MILLISECONDS,
  );

  it("does the same again with the same seed, step by step", async () => {
    const once = await simulateWorld(platformScenario(platform, SEED + 3), { keepsChronicle: true });
    const again = await simulateWorld(platformScenario(platform, SEED + 3), { keepsChronicle: true });
    expect(again).toEqual(once);
    expect(once.chronicle.length).toBeGreaterThan(50);
  });
});

describe("a server that counts all silence, as if it always heard", () => {
  it("is found to call hosts silent that had reported in time", async () => {
    for (let seed = SEED; ; seed++) {
      const scenario = scenarioOf(seed);
      const faults = { ...withoutFaults(scenario.faults), deafServer: 0.02, slowServer: 0.02, overrunServer: 0.02 };
      const report = await simulateWorld({ ...scenario, isCalm: false, faults }, { alwaysHears: true });
      if (report.violation === null) continue;
      expect(report.violation.rule).toBe(HEARD.name);
      return;
    }
  });
});

describe("a server whose deadlines count the time in which it could not be reached, too", () => {
  it("is found to fail hosts that had reported in time", async () => {
    for (let seed = SEED; ; seed++) {
      const scenario = scenarioOf(seed);
      const hosts = scenario.hosts.map((host) => ({ ...host, nature: "honest" as const }));
      const faults = { ...withoutFaults(scenario.faults), longOutage: 0.1 };
      const world = { ...scenario, hosts, isCalm: false, faults, faultsMilliseconds: 60_000 };
      const report = await simulateWorld(world, { countsOutages: true });
      if (report.violation === null) continue;
      expect(report.violation.rule).toBe(DEADLINE.name);
      return;
    }
  });
});

describe("a rule that is broken", () => {
  /** A host that runs Install twice. */
  const options: WorldOptions = {
    plant: (ledger, hostId, deploymentId, event) => {
      if (event === "Install" && hostId.endsWith("3")) ledger.began(hostId, deploymentId, event);
    },
  };

  it("is told with its rule, its replay, and a world that is as small as it can be", async () => {
    for (let seed = SEED; ; seed++) {
      const report = await simulateWorld(scenarioOf(seed), options);
      if (!report.violation || report.scenario.hosts.length < 8 || report.scenario.groups.length < 2) continue;
      const story = await tell(report, seed, options);
      expect(report.violation.rule).toBe(HOOK_ORDER.name);
      expect(story).toContain(`npm run simulate -- --seed ${seed} --count 1`);
      expect(story).toMatch(/1 group, 1 deployment planned, no faults/);
      expect(story).toMatch(/runs ApplicationStart|runs Install|runs BeforeInstall/);
      expect(story).toContain("Install ran twice on the honest host i-00000000000000003");
      return;
    }
  });
});
