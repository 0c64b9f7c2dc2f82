import { defineConfig } from "vitest/config";
import LongestFirst from "./scripts/longest-first.ts";

/** Tests that use both cores by themselves, or that say how a server fares under a load that they make. */
const ALONE = [
  "tests/rollouts/traffic-under-load.test.ts",
  "tests/security/exhaustion.test.ts",
  // Functions that fork for as long as they may: whatever else runs then gets next to no processor time.
  "tests/functions/hostile-functions.test.ts",
  "packages/drivers/src/function-processes/containment.test.ts",
];
/** Whether living hosts are heard. They wait for outages and silence most of the time, so two of them at once leave most of both cores to a server. */
const HEARING = ["tests/hearing/**/*.test.ts"];
/** Chromium ends what it fetches whenever an interface of the machine comes or goes (net::ERR_NETWORK_CHANGED), and other tests make many. */
const BROWSER = ["tests/console/{accessibility,classic-path,failure,hostile,restart,shift,sign-in}.test.ts"];

/**
 * What others show in short, and `npm run prove` in full: by hand with SLUICE_LONG=1. Kills at every commit (tests/e2e/crash.test.ts kills at some), requests
 * through ten steps of a shift (traffic-under-load and kills-in-mid-shift count theirs), faults that are planted into shifts, and versions of the past.
 */
const LONG = process.env.SLUICE_LONG
  ? []
  : [
      "tests/rollouts/killed-at-every-transaction.test.ts",
      "tests/containers/shift-under-load.test.ts",
      "tests/simulation/planted-shifts.test.ts",
      "tests/upgrade/agent-upgrades.test.ts",
      "tests/agent/join-host.test.ts",
      "tests/release/installed-package.test.ts",
      "tests/release/same-bytes.test.ts",
      "tests/archives/hostile-memory.test.ts",
      "tests/upgrade/older-versions.test.ts",
      "tests/upgrade/upgrade-attacks.test.ts",
    ];

/** Replaces modules, which is only possible in a process where no other file has loaded them. */
const APART = ["packages/cli/src/verbs/stop.test.ts"];

const PATIENT = { testTimeout: 600_000, hookTimeout: 600_000 };
const SIMULATION = "tests/simulation/simulation.test.ts";
/** Three for each of two cores: most files wait, for a disk or for servers, agents and databases of their own. */
const WORKERS = 6;
/** Two browsers, or one beside two servers that wait: neither makes a network interface, which ends what a browser fetches. */
const LAST_WORKERS = 3;

export default defineConfig({
  test: {
    reporters: ["default", "./scripts/test-totals.ts"],
    // A first run on a busy machine is slow, and a time limit proves nothing: these only end what hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    expect: { poll: { timeout: 60_000 } },
    setupFiles: ["scripts/patient-waits.ts"],
    maxWorkers: WORKERS,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/**/*.test.ts", "scripts/**/*.test.ts", "bench/**/*.test.ts"],
          exclude: ["**/node_modules/**", ...APART, ...ALONE],
          // One process after another for hundreds of small files, each with all modules loaded anew, takes longer than their tests do.
          isolate: false,
          setupFiles: ["./scripts/leave-as-found.ts"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "apart",
          include: APART,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: ["tests/**/*.test.ts"],
          exclude: [...ALONE, ...HEARING, ...BROWSER, ...LONG, SIMULATION],
          ...PATIENT,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          // Its threads have the lowest priority: scripts/test.sh has it reckon beside all the others, whenever they wait.
          name: "simulation",
          include: [SIMULATION],
          ...PATIENT,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: ALONE,
          fileParallelism: false,
          ...PATIENT,
          sequence: { groupOrder: 2 },
        },
      },
      // The last two groups share their workers: one waits while the other draws.
      {
        extends: true,
        test: {
          name: "hearing",
          include: HEARING,
          maxWorkers: LAST_WORKERS,
          ...PATIENT,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: BROWSER,
          maxWorkers: LAST_WORKERS,
          ...PATIENT,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
