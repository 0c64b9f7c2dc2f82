import { isTrafficEvent } from "@sluice/model/lifecycle-event.ts";
import { describe, expect, it } from "vitest";
import {
  ALL_AT_ONCE,
  BLUE_GREEN_ROLLBACK,
  blueGreen,
  healthyCandidates,
  IN_PLACE_WITH_BALANCER,
  PlayedDeployment,
  type Settings,
  twoFleets,
} from "./engine.fixture.ts";
import { plan } from "./plan.ts";

const STRATEGIES: Readonly<Record<string, Omit<Settings, "healthRule">>> = {
  "in place": { candidates: healthyCandidates(3), strategy: IN_PLACE_WITH_BALANCER },
  "blue/green": { ...twoFleets(3, 2), strategy: blueGreen() },
  "blue/green rollback": { ...twoFleets(3, 2), strategy: BLUE_GREEN_ROLLBACK },
};

describe.each(Object.entries(STRATEGIES))("traffic effects, %s", (_, settings) => {
  it.each([true, false])("are one for each traffic event, and none for agents' events (hot path: %s)", (hotPath) => {
    const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, ...settings, hotPath }).play();
    const wanted = played.offered.filter(({ event }) => isTrafficEvent(event));
    expect(wanted.length).toBeGreaterThan(0);
    const routed = [...played.effects.values()].filter(({ kind }) => kind !== "withholdReplacements");
    expect(routed).toEqual(
      wanted.map(({ targetId, event }) => ({
        kind: "routeTraffic",
        key: `d-A1B2C3D4E/${targetId}/${event}/1`,
        targetId,
        event,
        attempt: 1,
      })),
    );
  });

  it("are not asked for again by a plan that decides nothing", () => {
    const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, ...settings });
    played.plan();
    const [first] = played.attempted;
    if (!first) throw new Error("nobody was admitted");
    played.bringTo(first, "AllowTraffic");
    expect(plan(played.state, played.observation, played.now)).toMatchObject({ events: [], effects: [] });
  });
});

describe("in place without a load balancer", () => {
  it("has no traffic effects", () => {
    const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: healthyCandidates(2) }).play();
    expect(played.state.status).toBe("Succeeded");
    expect(played.effects.size).toBe(0);
  });
});
