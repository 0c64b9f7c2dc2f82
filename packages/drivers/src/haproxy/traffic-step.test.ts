import { describe, expect, it } from "vitest";
import type { ServerState } from "../haproxy-runtime/balancer-state.ts";
import { planAllow, planBlock, planRestore, setServer } from "./traffic-step.ts";

const serving: ServerState = {
  backend: "web",
  server: "s1",
  address: "10.0.0.1",
  port: 80,
  status: "UP",
  isForcedMaintenance: false,
  isForcedDrain: false,
  check: "own",
  checkStatus: "L7OK",
  checkReason: "Layer7 check passed (L7OK 200)",
  sessions: 0,
  queued: 0,
  weight: 1,
  line: "",
};
const drained = { ...serving, status: "DRAIN", isForcedDrain: true };
const blocked = { ...serving, status: "MAINT", isForcedMaintenance: true };
const early = { limitMilliseconds: 30_000, remainingMilliseconds: 1 };
const late = { limitMilliseconds: 30_000, remainingMilliseconds: 0 };
const command = (...commands: string[]) => expect.objectContaining({ step: "command", commands });
const wait = expect.objectContaining({ step: "wait" });

describe("the next step", () => {
  it.each([
    ["a server that serves is drained", serving, early, command("set server web/s1 state drain")],
    ["also when the time has passed", serving, late, command("set server web/s1 state drain")],
    ["an open session is waited for", { ...drained, sessions: 1 }, early, wait],
    ["a queued one too", { ...drained, queued: 1 }, early, wait],
    ["nothing in flight: maintenance", drained, early, command("set server web/s1 state maint")],
    ["time has passed: maintenance", { ...drained, sessions: 1 }, late, command("set server web/s1 state maint")],
    ["a session that slipped in is waited for", { ...blocked, sessions: 1 }, early, wait],
    ["nothing in flight: done", blocked, early, { step: "done" }],
    [
      "time has passed: done, and told",
      { ...blocked, sessions: 2 },
      late,
      expect.objectContaining({ step: "done", detail: expect.stringContaining("2 sessions open") }),
    ],
  ])("of a block: %s", (_name, server, drain, step) => {
    expect(planBlock(server, drain)).toEqual(step);
  });

  const raised = command("set server web/s1 state ready");
  const checked = command("set server web/s1 state drain", "set server web/s1 health down");
  it.each([
    ["from maintenance, checks run first", blocked, checked],
    [
      "from maintenance, another's health first",
      { ...blocked, check: "other" },
      command("set server web/s1 state drain"),
    ],
    ["without any check, at once", { ...blocked, check: "none" }, raised],
    ["from a drain with passed checks", drained, raised],
    ["from a drain with failed checks, later", { ...drained, status: "DOWN" }, wait],
    ["from a drain with rising checks, later", { ...drained, status: "DOWN 1/2" }, wait],
    ["from a drain with falling checks, later", { ...drained, status: "DRAIN 1/2" }, wait],
    ["from a drain before the first check, later", { ...drained, checkStatus: "* INI" }, wait],
    ["up", serving, { step: "done" }],
    ["up on trust, before the first check", { ...serving, checkStatus: "INI" }, wait],
    ["up but falling", { ...serving, status: "UP 1/3" }, wait],
    ["down", { ...serving, status: "DOWN" }, wait],
    ["held by another's maintenance", { ...serving, check: "other", status: "MAINT (via web/s0)" }, wait],
    ["out of the balance", { ...serving, status: "NOLB" }, wait],
    [
      "without any check",
      { ...serving, status: "no check", check: "none" },
      expect.objectContaining({ step: "done", detail: expect.stringContaining("no health check") }),
    ],
  ] as [string, ServerState, unknown][])("of an allow: %s", (_name, server, step) => {
    expect(planAllow(server)).toEqual(step);
  });

  it("of an allow gives up, with the last check, when the time has passed and there is nothing but waiting left", () => {
    const sick = { ...drained, status: "DOWN", checkReason: "Layer7 wrong status (L7STS 500): Internal Server Error" };
    expect(planAllow(sick, early)).toEqual(wait);
    expect(planAllow(sick, late)).toEqual({
      step: "giveUp",
      reason:
        "not healthy within 30 s (healthySeconds): DOWN, last check: Layer7 wrong status (L7STS 500): Internal Server Error",
    });
    expect(planAllow(drained, late)).toEqual(raised);
    expect(planAllow(blocked, late)).toEqual(checked);
    expect(planAllow(serving, late)).toEqual({ step: "done" });
  });

  it("of a restart: what was blocked is in maintenance at once, what drained drains", () => {
    expect(planRestore(serving, "blocked")).toEqual(command("set server web/s1 state maint"));
    expect(planRestore(blocked, "blocked")).toEqual({ step: "done" });
    expect(planRestore(serving, "draining")).toEqual(command("set server web/s1 state drain"));
    expect(planRestore(drained, "draining")).toEqual({ step: "done" });
    expect(planRestore(serving, "serving")).toEqual({ step: "done" });
  });

  it("never takes into a command a name that could hold another", () => {
    for (const name of ["a;b", "a b", "a\nb", "a/b", "", "ä", "a\\b"]) {
      expect(() => setServer({ ...serving, server: name }, "state maint")).toThrow("cannot be");
      expect(() => setServer({ ...serving, backend: name }, "state maint")).toThrow("cannot be");
    }
  });
});
