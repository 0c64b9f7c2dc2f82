import { ALLOW_EVENTS, BLOCK_EVENTS } from "@sluice/model/lifecycle-event.ts";
import { describe, expect, it } from "vitest";
import {
  ALL_AT_ONCE,
  BLUE_GREEN_ROLLBACK,
  HALF_AT_A_TIME,
  liveness,
  ONE_AT_A_TIME,
  PlayedDeployment,
  type Settings,
  START,
  twoFleets,
} from "../../engine.fixture.ts";
import type { HealthRule } from "../../state.ts";

function deployment(greens: number, blues: number, more: Partial<Settings> = {}) {
  return new PlayedDeployment({
    healthRule: ALL_AT_ONCE,
    strategy: BLUE_GREEN_ROLLBACK,
    ...twoFleets(greens, blues),
    ...more,
  });
}

describe("lifecycle of a blue/green rollback", () => {
  it("lets the originals in by three events, and then takes the replacements out by three: nothing is installed", () => {
    const played = deployment(2, 2).play();
    for (const id of ["b1", "b2"]) expect(played.offeredTo(id)).toEqual(ALLOW_EVENTS);
    for (const id of ["g1", "g2"]) expect(played.offeredTo(id)).toEqual(BLOCK_EVENTS);
    expect(played.state).toMatchObject({ status: "Succeeded", statusMessages: [] });
  });

  it("takes no replacement out before the last original serves", () => {
    const played = deployment(2, 2);
    played.plan();
    expect(played.attempted).toEqual(["b1", "b2"]);
    played.bringTo("b1", "AfterAllowTraffic");
    played.acknowledge("b1");
    played.complete("b1");
    played.bringTo("b2", "AfterAllowTraffic");
    played.acknowledge("b2");
    played.plan();
    expect(played.offeredTo("g1")).toEqual([]);
    played.complete("b2");
    played.plan();
    expect(played.target("g1").command?.event).toBe("BeforeBlockTraffic");
  });

  it.each([ALL_AT_ONCE, HALF_AT_A_TIME, ONE_AT_A_TIME])(
    "moves each fleet at once, whatever the pace: $type",
    (rule) => {
      const played = deployment(3, 3, { healthRule: rule });
      played.plan();
      expect(played.attempted).toEqual(["b1", "b2", "b3"]);
      played.play();
      expect(played.mostInFlight).toBe(3);
      expect(played.state.status).toBe("Succeeded");
    },
  );

  it("without originals that were taken out: only takes the replacements out", () => {
    const played = deployment(2, 0).play();
    expect(played.state.status).toBe("Succeeded");
    expect(played.attempted).toEqual(["g1", "g2"]);
  });

  it("without any host whose traffic was moved: says so", () => {
    expect(deployment(0, 0).play().state).toMatchObject({ status: "Failed", error: { code: "NO_INSTANCES" } });
  });

  it("goes on although the replacements' agents are gone, where failures of their hooks are forgiven", () => {
    const played = deployment(2, 1, { ignoreApplicationStopFailures: true });
    for (const id of ["g1", "g2"]) played.hear(id, liveness({ goodbyeAt: START }));
    played.play();
    expect(played.state.status).toBe("Succeeded");
    expect(played.eventOf("g1", "BlockTraffic")?.status).toBe("Succeeded");
  });
});

describe("originals that do not come back", () => {
  const hostCount = (value: number): HealthRule => ({ type: "HOST_COUNT", value });
  const blues = (count: number) => Array.from({ length: count }, (_, index) => `b${index + 1}`);

  it.each<[string, HealthRule, number, readonly string[], boolean]>([
    ["AllAtOnce: one that serves is enough for the replacements to leave", ALL_AT_ONCE, 3, ["b1", "b2"], true],
    ["AllAtOnce: none that serves is not", ALL_AT_ONCE, 3, ["b1", "b2", "b3"], false],
    ["HalfAtATime: half that serve are enough", HALF_AT_A_TIME, 4, ["b1", "b2"], true],
    ["HalfAtATime: fewer than half are not", HALF_AT_A_TIME, 4, ["b1", "b2", "b3"], false],
    ["HOST_COUNT 2 of 4: two that serve are enough", hostCount(2), 4, ["b1", "b2"], true],
    ["HOST_COUNT 2 of 4: one is not", hostCount(2), 4, ["b1", "b2", "b3"], false],
    [
      "HOST_COUNT 6, of which only two had been taken out: both must come back, and that is enough",
      hostCount(6),
      2,
      [],
      true,
    ],
    ["HOST_COUNT 6, of which only two had been taken out: one is not enough", hostCount(6), 2, ["b2"], false],
    ["OneAtATime of 4: all but one are enough", ONE_AT_A_TIME, 4, ["b3"], true],
    ["one alone: it must serve", HALF_AT_A_TIME, 1, ["b1"], false],
  ])("%s", (_, healthRule, count, failing, isEnough) => {
    const played = deployment(2, count, { healthRule });
    played.play((id, event) => failing.includes(id) && event === "AllowTraffic");
    for (const id of ["g1", "g2"]) expect(played.outcomes[id]).toBe(isEnough ? "Succeeded" : "Skipped");
    expect(played.offeredTo("g1")).toEqual(isEnough ? BLOCK_EVENTS : []);
    for (const id of blues(count)) expect(played.outcomes[id]).toBe(failing.includes(id) ? "Failed" : "Succeeded");
    // It never says Succeeded while an original is not back.
    expect(played.state.status).toBe(failing.length === 0 ? "Succeeded" : "Failed");
  });

  it("leave the replacements serving, and the reason says so", () => {
    const played = deployment(2, 2).play((id) => id.startsWith("b"));
    expect(played.state.error?.code).toBe("HEALTH_CONSTRAINTS");
    expect(played.state.error?.message).toContain(
      "0 original hosts registered again with the load balancer, and at least 1 must: the replacement hosts were kept registered. First failure: host b1",
    );
  });

  it("let the others have their turn all the same", () => {
    const played = deployment(1, 3).play((id) => id === "b1");
    expect(played.outcomes).toMatchObject({ b2: "Succeeded", b3: "Succeeded" });
  });
});

describe("replacements that do not leave", () => {
  it("fail the rollback, which names them and where traffic goes; the others have left", () => {
    const played = deployment(3, 1).play((id, event) => id === "g2" && event === "BlockTraffic");
    expect(played.state).toMatchObject({ status: "Failed", error: { code: "HEALTH_CONSTRAINTS" } });
    expect(played.state.error?.message).toContain(
      "The rollback left 1 host in another state than before the deployment. First failure: host g2 at BlockTraffic: The load balancer could not complete BlockTraffic for host g2: the balancer's words",
    );
    expect(played.state.statusMessages).toEqual([
      "Registered with the load balancer: b1.",
      "Deregistered from the load balancer: g1, g3.",
      "Deregistration from the load balancer started and not finished: g2.",
    ]);
  });
});
