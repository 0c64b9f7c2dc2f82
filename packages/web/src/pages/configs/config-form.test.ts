import { describe, expect, it } from "vitest";
import { shiftSteps } from "../../forms/shift-steps.ts";
import { configProblems, createConfigInput, NEW_CONFIG } from "./config-form-state.ts";

describe("createConfigInput", () => {
  it("of hosts has the minimum that stays healthy, and zones where they are asked for", () => {
    const form = { ...NEW_CONFIG, name: "careful", healthyType: "HOST_COUNT", healthyValue: "2" };
    expect(createConfigInput(form)).toEqual({
      deploymentConfigName: "careful",
      minimumHealthyHosts: { type: "HOST_COUNT", value: 2 },
    });
    expect(createConfigInput({ ...form, isZonal: true, zoneSeconds: "60", zoneHealthyValue: "50" })).toEqual({
      deploymentConfigName: "careful",
      minimumHealthyHosts: { type: "HOST_COUNT", value: 2 },
      zonalConfig: { monitorDurationInSeconds: 60, minimumHealthyHostsPerZone: { type: "FLEET_PERCENT", value: 50 } },
    });
  });

  it("of a shift has its routing, whatever was typed for hosts", () => {
    const form = {
      ...NEW_CONFIG,
      name: "slow",
      platform: "ECS",
      routing: "TimeBasedLinear",
      percent: "20",
      minutes: "3",
    } as const;
    expect(createConfigInput(form)).toEqual({
      deploymentConfigName: "slow",
      computePlatform: "ECS",
      trafficRoutingConfig: { type: "TimeBasedLinear", timeBasedLinear: { linearPercentage: 20, linearInterval: 3 } },
    });
  });
});

describe("configProblems", () => {
  it("says what the API would say", () => {
    expect(configProblems({ ...NEW_CONFIG, name: "ok" })).toEqual({});
    expect(configProblems({ ...NEW_CONFIG, name: "CodeDeployDefault.Mine", healthyValue: "100" })).toEqual({
      name: expect.stringContaining("kept for predefined ones"),
      healthy: "minimumHealthyHosts.value is 100: for FLEET_PERCENT give a percentage from 0 to 99.",
    });
    expect(configProblems({ ...NEW_CONFIG, name: "ok", platform: "Lambda", minutes: "" }).routing).toContain(
      "canaryInterval is missing",
    );
    expect(configProblems({ ...NEW_CONFIG, name: "ok", isZonal: true, zoneSeconds: "-1" })).toHaveProperty("zonal");
  });
});

describe("shiftSteps", () => {
  it("begins at once and ends with everything", () => {
    expect(shiftSteps({ type: "AllAtOnce" })).toEqual([{ minute: 0, percent: 100 }]);
    expect(
      shiftSteps({ type: "TimeBasedCanary", timeBasedCanary: { canaryPercentage: 10, canaryInterval: 5 } }),
    ).toEqual([
      { minute: 0, percent: 10 },
      { minute: 5, percent: 100 },
    ]);
    const linear = shiftSteps({
      type: "TimeBasedLinear",
      timeBasedLinear: { linearPercentage: 30, linearInterval: 2 },
    });
    expect(linear.map(({ percent }) => percent)).toEqual([30, 60, 90, 100]);
    expect(linear.at(-1)?.minute).toBe(6);
  });

  it("draws nothing of what makes no sense", () => {
    expect(
      shiftSteps({ type: "TimeBasedLinear", timeBasedLinear: { linearPercentage: 0, linearInterval: 1 } }),
    ).toEqual([]);
    expect(shiftSteps({ type: "TimeBasedCanary", timeBasedCanary: { canaryPercentage: Number.NaN } })).toEqual([]);
  });
});
