import { describe, expect, it } from "vitest";
import { type HostAttempt, isHeard, isLate, LATE_HOSTS_CREATOR } from "./late-hosts.ts";

const GROUP = { revisionKey: "now", deployedAt: 100 };

function attempt(more: Partial<HostAttempt>): HostAttempt {
  return { revisionKey: "now", succeeded: true, deployedAt: 100, creator: "user", agentIssue: false, ...more };
}

describe("a host is late", () => {
  it.each([
    ["that was never deployed to", undefined],
    ["whose last success was an older revision", attempt({ revisionKey: "old", deployedAt: 50 })],
    ["whose last failure was before the rollout", attempt({ succeeded: false, deployedAt: 50 })],
    ["that was silent in the rollout", attempt({ succeeded: false, agentIssue: true })],
    [
      "that was silent in a newer deployment, which failed",
      attempt({ revisionKey: "bad", succeeded: false, deployedAt: 150, agentIssue: true }),
    ],
    [
      "whose automatic attempt was with an earlier rollout",
      attempt({ succeeded: false, deployedAt: 50, creator: LATE_HOSTS_CREATOR }),
    ],
  ])("%s", (_, host) => {
    expect(isLate(host, GROUP)).toBe(true);
  });
});

describe("a host is not late", () => {
  it.each([
    ["that has the revision", attempt({})],
    ["that has it from an older deployment of the same revision", attempt({ deployedAt: 50 })],
    ["that failed with it", attempt({ succeeded: false })],
    ["that succeeded with a newer revision, which failed elsewhere", attempt({ revisionKey: "bad", deployedAt: 150 })],
    ["that failed with a newer revision", attempt({ revisionKey: "bad", succeeded: false, deployedAt: 150 })],
    ["that was brought to it", attempt({ deployedAt: 150, creator: LATE_HOSTS_CREATOR })],
    [
      "that failed or fell silent when it was brought to it",
      attempt({ succeeded: false, deployedAt: 150, creator: LATE_HOSTS_CREATOR, agentIssue: true }),
    ],
  ])("%s", (_, host) => {
    expect(isLate(host, GROUP)).toBe(false);
  });
});

describe("a host is heard", () => {
  const polled = { lastSeenAt: 90, silentSince: 90, graceMilliseconds: 15, goodbyeAt: null, remedy: "start it" };

  it("for as long as its grace after it spoke", () => {
    expect(isHeard(polled, 100)).toBe(true);
    expect(isHeard(polled, 105)).toBe(false);
  });

  it.each([
    ["is gone", undefined],
    ["enrolled and never spoke", { ...polled, lastSeenAt: null }],
    ["spoke to the server before it started anew", { ...polled, lastSeenAt: 10 }],
    ["said goodbye", { ...polled, goodbyeAt: 95 }],
  ])("not when it %s", (_, host) => {
    expect(isHeard(host, 100)).toBe(false);
  });
});
