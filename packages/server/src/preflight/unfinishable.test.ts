import type { HostLiveness, TargetCandidate } from "@sluice/engine/observation.ts";
import type { DeploymentState } from "@sluice/engine/state.ts";
import { describe, expect, it } from "vitest";
import { createdHead } from "../store/rows.fixture.ts";
import { unfinishable } from "./unfinishable.ts";

const NOW = 1_000_000_000;

const host = (targetId: string): TargetCandidate => ({
  targetId,
  hostName: targetId,
  kind: "instance",
  zone: null,
  wasHealthy: true,
  revisionHealth: "Old",
});
const RESOLUTION = { outcome: "resolved", candidates: [host("b1")], replacements: [host("g1")] } as const;

function created(readyWaitMilliseconds: number | null): DeploymentState {
  const head = createdHead({
    deploymentId: "d-A1B2C3D4E",
    healthRule: { type: "HOST_COUNT", value: 0 },
    strategy: { type: "blue-green", readyWaitMilliseconds, terminationWaitMilliseconds: null },
    alarms: null,
    createdAt: NOW,
  });
  return { ...head, targets: null };
}

const hearing = (...ids: readonly string[]): ReadonlyMap<string, HostLiveness> =>
  new Map(
    ids.map((id) => [
      id,
      { lastSeenAt: NOW, silentSince: NOW, graceMilliseconds: 60_000, goodbyeAt: null, remedy: "sluice agent run" },
    ]),
  );

describe("a blue/green deployment that could not finish", () => {
  it("is started when every host is heard, also when somebody has to continue it", () => {
    expect(unfinishable(created(null), RESOLUTION, hearing("b1", "g1"), NOW)).toBeUndefined();
    expect(unfinishable(created(60_000), RESOLUTION, hearing("b1", "g1"), NOW)).toBeUndefined();
  });

  it("names the hosts that are not heard", () => {
    expect(unfinishable(created(null), RESOLUTION, hearing("g1"), NOW)?.error.message).toContain(
      "it could not finish while 1 original host (b1) cannot be heard. Start the agents",
    );
  });

  it("says that its own settings end it, where nobody is silent", () => {
    expect(unfinishable(created(0), RESOLUTION, hearing("b1", "g1"), NOW)?.error).toEqual({
      code: "TIMEOUT",
      message:
        "The deployment was not started and nothing was touched: with all its hosts well it would end as Stopped, by its own settings. Deployment d-A1B2C3D4E was not continued in time, so its deploymentReadyOption stopped it. The original hosts still receive the traffic.",
    });
  });
});
