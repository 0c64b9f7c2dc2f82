import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { RoutedHost } from "@sluice/engine/ports/traffic-router.ts";
import { hostTarget } from "@sluice/engine/target.fixture.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { insertDeployment, noOutside } from "../runner/runner.fixture.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { insertTargets } from "../store/targets.ts";
import { withholdReplacements } from "./withhold-replacements.ts";

const never = new AbortController().signal;
const AT_ONCE = 16;
const HOSTS = Array.from({ length: 600 }, (_, index) => `green-${String(index).padStart(3, "0")}`);

let store: Store;
let now: number;
let asked: string[];
let underWay: number;
let mostUnderWay: number;
let answer: (hostId: string) => PortOutcome | Promise<PortOutcome>;

beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  now = 0;
  asked = [];
  underWay = 0;
  mostUnderWay = 0;
  answer = () => ({ outcome: "done" });
  await insertDeployment(store, "d-1", {
    healthRule: { type: "HOST_COUNT", value: 0 },
    request: {},
    revisionKey: "k",
    strategy: { type: "blue-green", readyWaitMilliseconds: null, terminationWaitMilliseconds: null },
    alarms: null,
    at: 0,
  });
  await store.write((transaction) =>
    insertTargets(
      transaction,
      "d-1",
      HOSTS.map((targetId) => hostTarget(targetId, { hostName: `name of ${targetId}`, label: "Green" })),
    ),
  );
});
afterEach(() => store.close());

async function block({ hostId }: RoutedHost): Promise<PortOutcome> {
  asked.push(hostId);
  underWay += 1;
  mostUnderWay = Math.max(mostUnderWay, underWay);
  try {
    await new Promise(setImmediate);
    return await answer(hostId);
  } finally {
    underWay -= 1;
  }
}

function withhold(hostIds: readonly string[]) {
  const trafficRouter = { ...noOutside().trafficRouter, block };
  return withholdReplacements({ store, trafficRouter, now: () => now }, "d-1", hostIds, never);
}

describe("keeping replacements out of their load balancers", () => {
  it("asks for sixteen at a time, and ends when all are out", async () => {
    expect(await withhold(HOSTS)).toMatchObject({ progress: { outcome: "done", detail: "", left: [] } });
    expect(asked).toEqual(HOSTS);
    expect(mostUnderWay).toBe(AT_ONCE);
  });

  it("ends an attempt that takes long, and the next one goes on where it was", async () => {
    let attempts = 0;
    let left: readonly string[] = HOSTS;
    // A second each, of which sixteen pass at once.
    answer = () => {
      now += 1_000 / AT_ONCE;
      return { outcome: "done" };
    };
    while (left.length > 0) {
      attempts += 1;
      const begun = now;
      const withholding = await withhold(left);
      expect(withholding).toMatchObject({ hasProgressed: true });
      if (withholding?.progress.outcome === "pending") expect(withholding.retryAfterMilliseconds).toBe(0);
      expect(now - begun).toBeLessThan(22_000);
      left = withholding?.progress.left ?? HOSTS;
    }
    expect(attempts).toBe(2);
    expect(asked).toEqual(HOSTS);
  });

  it("asks again for those that drain alone, and not before those that nobody has been asked for", async () => {
    answer = (hostId) => {
      now += 100;
      if (hostId !== "green-001" && hostId !== "green-003") return { outcome: "done" };
      return { outcome: "pending", retryAfterMilliseconds: hostId === "green-001" ? 700 : 300, detail: "2 sessions" };
    };
    const first = await withhold(HOSTS);
    expect(first?.progress.left).toEqual([...HOSTS.slice(asked.length), "green-001", "green-003"]);
    const second = await withhold(["green-001", "green-003"]);
    expect(second).toEqual({
      progress: {
        outcome: "pending",
        detail: "name of green-001: 2 sessions; name of green-003: 2 sessions",
        left: ["green-001", "green-003"],
      },
      retryAfterMilliseconds: 300,
      failure: undefined,
      hasProgressed: false,
    });
  });

  it("quotes ten hosts, and counts the others", async () => {
    answer = () => ({ outcome: "pending", retryAfterMilliseconds: 300, detail: "it drains" });
    const { detail = "" } = (await withhold(HOSTS))?.progress ?? {};
    expect(detail).toMatch(/^name of green-000: it drains; .*; name of green-009: it drains; and 590 more$/);
  });

  it("loses nothing of what came of the others when one cannot be asked for", async () => {
    const away = new Error("ECONNREFUSED");
    answer = (hostId) => {
      if (hostId === "green-003") throw away;
      return { outcome: "done" };
    };
    const withholding = await withhold(HOSTS.slice(0, 40));
    expect(withholding).toMatchObject({ failure: { error: away }, hasProgressed: true });
    const { left, detail } = withholding!.progress;
    expect(left.at(-1)).toBe("green-003");
    expect(left).toHaveLength(40 - asked.length + 1);
    expect(detail).toContain("name of green-003: ECONNREFUSED; and");
  });

  it("has failed when a balancer refuses a host", async () => {
    answer = (hostId) => (hostId === "green-003" ? { outcome: "failed", reason: "no such host" } : { outcome: "done" });
    expect((await withhold(HOSTS))?.progress).toMatchObject({
      outcome: "failed",
      detail: "name of green-003: no such host",
    });
    expect(asked.length).toBeLessThanOrEqual(2 * AT_ONCE);
  });

  it("begins no host after its deployment has ended, and ends itself when those under way are answered", async () => {
    let ending: Promise<unknown> | undefined;
    answer = async (hostId) => {
      if (hostId !== "green-020") return { outcome: "done" };
      ending = store.write(({ db }) => db.updateTable("deployments").set({ active: 0 }).execute());
      await ending;
      return { outcome: "done" };
    };
    expect(await withhold(HOSTS)).toBeUndefined();
    expect(underWay).toBe(0);
    expect(asked.length).toBeLessThanOrEqual(21 + 2 * AT_ONCE);
  });
});
