import { describe, expect, it } from "vitest";
import { simulateWorlds } from "./simulate-worlds.ts";
import { simulateWorld } from "./world.ts";

/** The same worlds at every run; another base, or more worlds, by environment variable (`npm run prove`). */
const SEED = Number(process.env.SLUICE_SEED ?? 20_260_101);
const WORLDS = Number(process.env.SLUICE_SIMULATION_SEEDS ?? 60);

describe("the simulation", () => {
  it("breaks no rule in any world, and has had every fault and every outcome in it", async () => {
    const summary = await simulateWorlds({ seed: SEED, count: WORLDS });
    console.log(summary.text);
    expect(summary.violation).toBeNull();
    expect(summary.worlds).toBe(WORLDS);
    if (WORLDS < 50) return;
    for (const fault of ["requestLost", "answerLost", "duplicated", "late", "serverDeath", "agentCrash"]) {
      expect(summary.faults.get(fault) ?? 0, fault).toBeGreaterThan(10);
    }
    for (const fault of ["lyingHost", "silentForGood", "silentForAWhile", "stopRequest", "agentCrashWithJournalLost"]) {
      expect(summary.faults.get(fault) ?? 0, fault).toBeGreaterThan(0);
    }
    for (const outcome of ["Succeeded", "Stopped", "Failed (HEALTH_CONSTRAINTS)", "Failed (AGENT_ISSUE)"]) {
      expect(summary.outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(0);
    }
  });

  it("does the same again with the same seed, step by step", async () => {
    expect(await simulateWorld(SEED + 3)).toEqual(await simulateWorld(SEED + 3));
  });
});
