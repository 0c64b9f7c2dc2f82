import { describe, expect, it } from "vitest";
import { candidate, healthyCandidates, hostIds, PlayedDeployment } from "../../engine.fixture.ts";
import { admissibleTargets, admissionOrder } from "./admission.ts";
import { sortIntoBuckets } from "./target-buckets.ts";

describe("admission order", () => {
  it("takes unhealthy hosts first, then unknown, old and current revisions, then by id", () => {
    const shuffled = [
      candidate("a", { wasHealthy: true, revisionHealth: "Current" }),
      candidate("b", { wasHealthy: true, revisionHealth: "Old" }),
      candidate("c", { wasHealthy: true, revisionHealth: "Unknown" }),
      candidate("e"),
      candidate("d"),
      candidate("f", { wasHealthy: false, revisionHealth: "Old" }),
    ];
    expect(admissionOrder(shuffled).map(({ targetId }) => targetId)).toEqual(["d", "e", "f", "c", "b", "a"]);
    expect(admissionOrder(shuffled.reverse()).map(({ targetId }) => targetId)).toEqual(["d", "e", "f", "c", "b", "a"]);
  });
});

describe("admission", () => {
  it("keeps in flight at most the hosts above the minimum", () => {
    const played = new PlayedDeployment({
      healthRule: { type: "HOST_COUNT", value: 6 },
      candidates: healthyCandidates(9),
    });
    played.plan();
    expect(played.attempted).toEqual(["h01", "h02", "h03"]);
  });

  it("fills a place as soon as one host has ended, without waiting for its batch", () => {
    const played = new PlayedDeployment({
      healthRule: { type: "HOST_COUNT", value: 6 },
      candidates: healthyCandidates(9),
    });
    played.plan();
    played.bringTo("h02", "ValidateService");
    played.acknowledge("h02");
    played.complete("h02");
    played.plan();
    expect(played.attempted).toEqual(["h01", "h02", "h03", "h04"]);
  });

  it("does not push a group that starts below its minimum lower: healthy hosts wait until unhealthy ones have healed", () => {
    const candidates = hostIds(6).map((id, index) =>
      index < 2 ? candidate(id, { wasHealthy: true, revisionHealth: "Old" }) : candidate(id),
    );
    const played = new PlayedDeployment({ healthRule: { type: "HOST_COUNT", value: 3 }, candidates });
    played.plan();
    expect(played.attempted).toEqual(["h03", "h04", "h05"]);
    for (const id of ["h03", "h04", "h05"]) {
      played.bringTo(id, "ValidateService");
      played.acknowledge(id);
    }
    // Healthy: h01, h02. The one that heals next makes three, which is the minimum and nothing above it.
    played.complete("h03");
    played.plan();
    expect(played.attempted).toEqual(["h03", "h04", "h05", "h06"]);
    played.complete("h04");
    played.plan();
    expect(played.attempted).toEqual(["h03", "h04", "h05", "h06", "h01"]);
  });

  it("stops before the healthy hosts when the unhealthy ones fail and the minimum is all that is left", () => {
    const candidates = [...healthyCandidates(3), ...["x1", "x2"].map((id) => candidate(id))];
    const played = new PlayedDeployment({ healthRule: { type: "HOST_COUNT", value: 3 }, candidates });
    played.play((id) => id.startsWith("x"));
    expect(played.state.status).toBe("Failed");
    expect(played.outcomes).toEqual({ x1: "Failed", x2: "Failed", h01: "Skipped", h02: "Skipped", h03: "Skipped" });
  });

  it("takes no healthy host while exactly the minimum is healthy", () => {
    const played = new PlayedDeployment({
      healthRule: { type: "HOST_COUNT", value: 2 },
      candidates: [...healthyCandidates(2), candidate("x1"), candidate("x2")],
    });
    played.plan();
    const buckets = sortIntoBuckets(played.targets);
    expect(played.attempted).toEqual(["x1", "x2"]);
    expect(admissibleTargets(buckets, 2)).toEqual([]);
  });
});
