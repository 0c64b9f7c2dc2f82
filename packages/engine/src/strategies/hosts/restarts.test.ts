import { describe, expect, it } from "vitest";
import { ALL_AT_ONCE, candidate, healthyCandidates, ONE_AT_A_TIME, PlayedDeployment } from "../../engine.fixture.ts";
import { endedAttempts } from "../../host-attempts.ts";
import { hostTargets } from "../../host-targets.ts";
import { decideRollback } from "../../rollback.ts";
import type { HostRestart, HostWay } from "../../state.ts";

const RESTART: HostWay = { type: "in-place", hasTrafficControl: false, zones: null, restarts: true };
const OURS: HostRestart = { archiveOf: "d-INSTALLED", copiesArchive: false };
const REFUSED: HostRestart = { refused: "cannot be restarted: it was never deployed to." };

function played(restarts: readonly HostRestart[], more: { strategy?: HostWay; healthRule?: typeof ALL_AT_ONCE } = {}) {
  const candidates = healthyCandidates(restarts.length).map((host, index) => ({ ...host, restart: restarts[index] }));
  return new PlayedDeployment({ healthRule: ALL_AT_ONCE, strategy: RESTART, candidates, ...more });
}

describe("a restart", () => {
  it("stops and starts, with no event that downloads or installs", () => {
    const deployment = played([OURS]).play();
    expect(deployment.offeredTo("h01")).toEqual(["ApplicationStop", "ApplicationStart", "ValidateService"]);
    expect(deployment.state.status).toBe("Succeeded");
    expect(endedAttempts(hostTargets(deployment.state))).toEqual([
      { targetId: "h01", succeeded: true, installed: "as-before" },
    ]);
  });

  it("lets the AWS agent make its archive before anything is stopped", () => {
    const deployment = played([{ archiveOf: "d-INSTALLED", copiesArchive: true }]).play();
    expect(deployment.offeredTo("h01")).toEqual([
      "DownloadBundle",
      "ApplicationStop",
      "ApplicationStart",
      "ValidateService",
    ]);
  });

  it("takes hosts out of the load balancer and lets them in again", () => {
    const deployment = played([OURS], { strategy: { ...RESTART, hasTrafficControl: true } }).play();
    expect(deployment.offeredTo("h01")).toEqual([
      ...["BeforeBlockTraffic", "BlockTraffic", "AfterBlockTraffic"],
      ...["ApplicationStop", "ApplicationStart", "ValidateService"],
      ...["BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"],
    ]);
  });

  it("fails hosts that cannot be restarted before others are touched, and leaves no attempt of them", () => {
    const deployment = played([OURS, REFUSED]).play();
    expect(deployment.offeredTo("h01")).toHaveLength(3);
    const [, refused] = hostTargets(deployment.state);
    expect(refused?.status).toBe("Failed");
    expect(refused?.lifecycleEvents[0]).toMatchObject({ name: "ApplicationStop", status: "Failed", startedAt: null });
    expect(refused?.lifecycleEvents[0]?.diagnostics?.message).toBe(
      "Host h02 cannot be restarted: it was never deployed to.",
    );
    expect(endedAttempts(hostTargets(deployment.state)).map(({ targetId }) => targetId)).toEqual(["h01"]);
  });

  it("touches no host when those that cannot be restarted are more than its health allows", () => {
    const deployment = played([OURS, OURS, REFUSED], { healthRule: ONE_AT_A_TIME }).play();
    expect(deployment.attempted.filter((id) => id !== "h03")).toEqual([]);
    expect(deployment.state).toMatchObject({ status: "Failed", error: { code: "HEALTH_CONSTRAINTS" } });
    expect(deployment.state.error?.message).toContain("h03");
  });

  it("watches each zone in which hosts were restarted, also where others of the next could not be", () => {
    const zones = { firstZoneMonitorMilliseconds: 10_000, monitorMilliseconds: 3_000, minimumPerZone: null };
    const hosts = [
      { zone: "a", restart: REFUSED },
      { zone: "b", restart: OURS },
      { zone: "c", restart: REFUSED },
      { zone: "c", restart: OURS },
      { zone: "d", restart: OURS },
    ];
    const deployment = new PlayedDeployment({
      healthRule: ALL_AT_ONCE,
      strategy: { ...RESTART, zones },
      candidates: healthyCandidates(hosts.length).map((host, index) => ({ ...host, ...hosts[index] })),
    }).play();
    const pauses: [string | null, number][] = [];
    while (deployment.state.wait?.kind === "baking") {
      pauses.push([deployment.state.wait.zone, deployment.state.wait.until - deployment.now]);
      deployment.sleep();
      deployment.play();
    }
    expect(pauses).toEqual([
      ["b", 10_000],
      ["c", 3_000],
    ]);
    expect(deployment.state.status).toBe("Succeeded");
  });

  it("is not rolled back: there is nothing else to go back to", () => {
    const deployment = played([OURS]);
    deployment.plan();
    deployment.complete("h01", false);
    deployment.play();
    expect(deployment.state.status).toBe("Failed");
    const policy = {
      creator: "user",
      events: ["DEPLOYMENT_FAILURE" as const],
      afterStop: undefined,
      hasLastSuccess: true,
    };
    expect(decideRollback(deployment.state, policy)).toMatchObject({
      decision: "refused",
      message: expect.stringContaining("installed nothing"),
    });
  });
});

describe("what an attempt leaves installed", () => {
  it("is the whole revision after Install, and unknown where Install did not end well", () => {
    const whole = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: [candidate("h01")] }).play();
    expect(endedAttempts(hostTargets(whole.state))[0]?.installed).toBe("whole");
    const broken = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: [candidate("h01")] });
    broken.plan();
    broken.bringTo("h01", "Install");
    broken.complete("h01", false);
    broken.play();
    expect(endedAttempts(hostTargets(broken.state))[0]?.installed).toBe("unknown");
  });
});
