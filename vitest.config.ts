import { defineConfig } from "vitest/config";

/** Tests that use both cores by themselves, or that say how a server fares under a load that they make. */
const ALONE = [
  "tests/hearing/**/*.test.ts",
  "tests/rollouts/traffic-under-load.test.ts",
  "tests/simulation/simulation.test.ts",
];

const PATIENT = { testTimeout: 180_000, hookTimeout: 180_000 };

export default defineConfig({
  test: {
    reporters: ["default", "./scripts/test-totals.ts"],
    // A first run on a busy machine is slow, and a time limit proves nothing: these only end what hangs.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/**/*.test.ts", "scripts/**/*.test.ts", "bench/**/*.test.ts"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: ["tests/**/*.test.ts"],
          exclude: ALONE,
          // These start servers, agents and databases of their own, and mostly wait for them.
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
    ],
  },
});
