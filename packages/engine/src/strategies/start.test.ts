import { describe, expect, it } from "vitest";
import { ALL_AT_ONCE, healthyCandidates, hostIds, ONE_AT_A_TIME, PlayedDeployment } from "../engine.fixture.ts";
import { MAX_TARGETS } from "../time-limits.ts";

describe("start", () => {
  it("asks for the targets until they are known, by a key that derives from the deployment", () => {
    const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: [] });
    played.resolution = undefined;
    const effects = [{ kind: "resolveTargets", key: "d-A1B2C3D4E/-/resolveTargets/1" }];
    expect(played.plan()).toEqual({ events: [], effects, wakeAt: null });
    expect(played.plan().effects).toEqual(effects);
  });

  it("fails with NO_INSTANCES in AWS's words when no host matches, and names the group", () => {
    const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: [] });
    played.plan();
    expect(played.state).toMatchObject({ status: "Failed", error: { code: "NO_INSTANCES" }, targets: null });
    expect(played.state.error?.message).toMatch(
      /^The deployment failed because no instances were found for your deployment group\. .*group prod/,
    );
  });

  it("takes as many hosts as one deployment may have, and refuses one more", () => {
    const most = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: healthyCandidates(MAX_TARGETS) });
    most.plan();
    expect(most.state.status).toBe("InProgress");
    const more = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: healthyCandidates(MAX_TARGETS + 1) });
    more.plan();
    expect(more.state).toMatchObject({ status: "Failed", error: { code: "OVER_MAX_INSTANCES" } });
  });

  it("passes on why the hosts could not be listed", () => {
    const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: [] });
    const error = { code: "DEPLOYMENT_GROUP_MISSING", message: "gone" };
    played.resolution = { outcome: "failed", error };
    played.plan();
    expect(played.state).toMatchObject({ status: "Failed", error });
  });

  it("shows the arithmetic when the minimum leaves no host to deploy to", () => {
    const played = new PlayedDeployment({
      healthRule: { type: "FLEET_PERCENT", value: 95 },
      candidates: healthyCandidates(10),
    });
    played.plan();
    expect(played.state.error?.message).toMatch(
      /^The deployment can't start because the minimum number of healthy instances, as defined by your deployment configuration, are not available\. FLEET_PERCENT 95 of 10 hosts, rounded up requires 10/,
    );
  });

  it("fixes the minimum when it starts", () => {
    const played = new PlayedDeployment({
      healthRule: { type: "FLEET_PERCENT", value: 40 },
      candidates: healthyCandidates(9),
    });
    played.plan();
    expect(played.state.minimumHealthyHosts).toBe(4);
    expect(played.state.targets?.map(({ targetId }) => targetId)).toEqual(hostIds(9));
  });
});
