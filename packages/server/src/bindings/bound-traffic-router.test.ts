import { memoryTrafficRouter, newMemoryServer } from "@sluice/drivers/memory/memory-traffic-router.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import { describe, expect, it } from "vitest";
import { type BoundDriver, bindDrivers } from "./bound-driver.ts";
import { boundTrafficRouter, routerOfGroup } from "./bound-traffic-router.ts";

const never = new AbortController().signal;

function routed(...groups: string[]): RoutedHost {
  return { hostId: "i-1", hostName: "web-1", address: null, groups };
}

/** A driver that answers as it is told, and keeps what it was asked. */
function answering(answer: PortOutcome | Error) {
  const asked: (readonly string[])[] = [];
  const ask = async (host: RoutedHost) => {
    asked.push(host.groups);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const observe: TrafficRouter["observe"] = async ({ groups }) =>
    groups.map((group) => ({ group, state: "serving", detail: "" }));
  return { asked, block: ask, allow: ask, observe };
}

function bind(routers: Readonly<Record<string, TrafficRouter>>): readonly BoundDriver<TrafficRouter>[] {
  const bindings = Object.keys(routers).map((match) => ({
    match,
    port: "traffic-router",
    driver: "test",
    settings: { match },
  }));
  const create = (settings: object) => routers[(settings as { match: string }).match] as TrafficRouter;
  return bindDrivers("traffic-router", bindings, [{ name: "test", create }]);
}

describe("the bound traffic router", () => {
  it("asks each driver once, with its own groups", async () => {
    const web = answering({ outcome: "done" });
    const rest = answering({ outcome: "done", detail: "no health check" });
    const router = boundTrafficRouter(bind({ "web-*": web, "*": rest }));
    expect(await router.block(routed("web-1", "api", "web-2"), never)).toEqual({
      outcome: "done",
      detail: "no health check",
    });
    expect([web.asked, rest.asked]).toEqual([[["web-1", "web-2"]], [["api"]]]);
  });

  it("touches nothing while a group has no binding, and says how to add one", async () => {
    const web = answering({ outcome: "done" });
    const router = boundTrafficRouter(bind({ web }));
    for (const act of ["block", "allow"] as const) {
      expect(await router[act](routed("web", "api"), never)).toEqual({
        outcome: "failed",
        reason: expect.stringMatching(/"api".*sluice\.yml.*match: "api", port: traffic-router, driver: haproxy/),
      });
    }
    expect(web.asked).toEqual([]);
    expect(await router.observe(routed("api", "web"), never)).toEqual([
      { group: "api", state: "unknown", detail: expect.stringContaining('"api"') },
      { group: "web", state: "serving", detail: "" },
    ]);
  });

  const done: PortOutcome = { outcome: "done", detail: "forced" };
  const slow: PortOutcome = { outcome: "pending", retryAfterMilliseconds: 500, detail: "3 sessions" };
  const quick: PortOutcome = { outcome: "pending", retryAfterMilliseconds: 50, detail: "checks" };
  const failed: PortOutcome = { outcome: "failed", reason: "no such server" };

  it.each<[PortOutcome | Error, PortOutcome | Error, PortOutcome]>([
    [done, done, { outcome: "done", detail: "forced; forced" }],
    [done, slow, slow],
    [slow, quick, { outcome: "pending", retryAfterMilliseconds: 50, detail: "3 sessions; checks" }],
    [slow, failed, failed],
    [failed, failed, { outcome: "failed", reason: "no such server; no such server" }],
    [new Error("away"), failed, failed],
  ])("combines %j and %j", async (one, other, together) => {
    const router = boundTrafficRouter(bind({ one: answering(one), other: answering(other) }));
    expect(await router.allow(routed("one", "other"), never)).toEqual(together);
  });

  it("never calls done what nobody was asked for", async () => {
    const router = boundTrafficRouter(bind({ one: answering(done) }));
    for (const act of ["block", "allow"] as const) {
      expect(await router[act](routed(), never)).toEqual({
        outcome: "failed",
        reason: expect.stringContaining("names no load balancer and no target group"),
      });
    }
  });

  it("rejects, with the binding's name, when a balancer cannot be reached and none says no", async () => {
    const router = boundTrafficRouter(bind({ one: answering(new Error("ECONNREFUSED")), other: answering(done) }));
    const words = 'the driver test (traffic-router of "one" in sluice.yml): ECONNREFUSED';
    await expect(router.block(routed("one", "other"), never)).rejects.toThrow(words);
    await expect(router.block(routed("one"), AbortSignal.abort(new Error("stop")))).rejects.toThrow("stop");
  });

  it("brings hosts in and out of two balancers at once", async () => {
    const servers = [newMemoryServer(), newMemoryServer()] as const;
    const memory = (group: string, server: (typeof servers)[number]) =>
      memoryTrafficRouter.create(
        {},
        { groups: new Map([[group, new Map([["i-1", server]])]]), drainMilliseconds: 1_000, now: () => 0 },
      );
    const router = boundTrafficRouter(bind({ a: memory("a", servers[0]), b: memory("b", servers[1]) }));
    servers[1].sessions = 1;
    expect(await router.block(routed("a", "b"), never)).toMatchObject({ outcome: "pending" });
    servers[1].sessions = 0;
    expect(await router.block(routed("a", "b"), never)).toEqual({ outcome: "done" });
    expect(servers.map(({ admin }) => admin)).toEqual(["maintenance", "maintenance"]);
  });
});

describe("a binding of a group", () => {
  const arn = "arn:aws:elasticloadbalancing:eu-central-1:111122223333";

  it.each([
    ["web", "web", true],
    ["web", "api", false],
    [`${arn}:targetgroup/web/6d0ecf831eec9f09`, "web", true],
    [`${arn}:targetgroup/web*/*`, "web-2", true],
    [`${arn}:loadbalancer/app/web/50dc6c495c0c9188`, "web", true],
    [`${arn}:loadbalancer/web`, "web", true],
    [`${arn}:targetgroup/web/6d0ecf831eec9f09`, "6d0ecf831eec9f09", false],
    ["web", `${arn}:targetgroup/web/6d0ecf831eec9f09`, true],
    [`${arn}:targetgroup/web/6d0ecf831eec9f09`, `${arn}:targetgroup/web/6d0ecf831eec9f09`, true],
    [`${arn}:targetgroup/web/6d0ecf831eec9f09`, `${arn}:targetgroup/web/aaaaaaaaaaaaaaaa`, false],
  ])("%s, and the group %s: %s", (match, group, expected) => {
    expect(routerOfGroup(bind({ [match]: answering({ outcome: "done" }) }), group) !== undefined).toBe(expected);
  });
});
