import { describe, expect, it } from "vitest";
import {
  DEFAULT_THROTTLE,
  KeyBudgets,
  MAX_FUNCTION_BYTES,
  MAX_FUNCTION_CALLS,
  MAX_HOST_BYTES,
  MAX_HOST_CALLS,
  MAX_HOST_HEARTBEATS,
  MAX_HOST_LOG_CALLS,
} from "./key-budgets.ts";
import type { Principal } from "./principal.ts";

const keyOf = (hostId: string): Principal => ({ role: "host", accessKeyId: `K-${hostId}`, hostId });
const throttled = expect.objectContaining({ code: "ThrottlingException" });

function spender() {
  const clock = { now: 1_000_000 };
  const budgets = new KeyBudgets(() => clock.now);
  const spend = (hostId: string, operation: string, bytes = 100) => budgets.spend(keyOf(hostId), operation, bytes);
  return { clock, budgets, spend };
}
const times = (count: number, action: () => void) => {
  for (let index = 0; index < count; index += 1) action();
};

describe("a host's key", () => {
  it.each([
    ["PollHostCommand", MAX_HOST_CALLS],
    ["PutHostLogs", MAX_HOST_LOG_CALLS],
    ["HostHeartbeat", MAX_HOST_HEARTBEATS],
  ] as const)(
    "that calls %s too often is throttled, nobody else is, and it may go on after a while",
    (operation, allowance) => {
      const { clock, spend } = spender();
      times(allowance.burst, () => spend("i-1", operation, 0));
      expect(() => spend("i-1", operation, 0)).toThrow(throttled);
      spend("i-2", operation, 0);
      clock.now += 1_000;
      times(allowance.perSecond, () => spend("i-1", operation, 0));
      expect(() => spend("i-1", operation, 0)).toThrow(throttled);
    },
  );

  it("that sends too many bytes is throttled, and can still send its heartbeats", () => {
    const { spend } = spender();
    const body = 4 * 1024 * 1024;
    times(MAX_HOST_BYTES.burst / body, () => spend("i-1", "PutHostLogs", body));
    expect(() => spend("i-1", "PutHostCommandComplete", 1)).toThrow(throttled);
    spend("i-1", "HostHeartbeat", body);
  });

  it("does not get more by waiting for long, or by a clock that was set back", () => {
    const { clock, spend } = spender();
    times(MAX_HOST_HEARTBEATS.burst, () => spend("i-1", "HostHeartbeat"));
    clock.now -= 500_000;
    expect(() => spend("i-1", "HostHeartbeat")).toThrow(throttled);
    clock.now += 86_400_000;
    times(MAX_HOST_HEARTBEATS.burst, () => spend("i-1", "HostHeartbeat"));
    expect(() => spend("i-1", "HostHeartbeat")).toThrow(throttled);
  });
});

it("never throttles a host at its busiest: an hour of chatty hooks, 16 at once, with polls and heartbeats", () => {
  const { clock, spend } = spender();
  for (let tick = 0; tick < 4 * 3_600; tick += 1) {
    spend("i-1", "PutHostLogs", 64 * 1024);
    if (tick % 4 === 0) times(16, () => spend("i-1", "PollHostCommand"));
    if (tick % 20 === 0) spend("i-1", "HostHeartbeat");
    if (tick % 40 === 0) times(16 * 4, () => spend("i-1", "PutHostCommandComplete", 8_192));
    clock.now += 250;
  }
});

describe("a person's or a pipeline's key", () => {
  it.each(["root", "read-only", "user"] as const)("of the role %s is throttled by the rule that is set", (role) => {
    const clock = { now: 1_000_000 };
    const budgets = new KeyBudgets(() => clock.now, { callsPerSecond: 3, burst: 10 });
    const key: Principal = { role, accessKeyId: "AKIALOOP", hostId: null };
    times(10, () => budgets.spend(key, "GetDeployment", 1));
    expect(() => budgets.spend(key, "HostHeartbeat", 1)).toThrow(
      "The access key AKIALOOP calls HostHeartbeat too often",
    );
    budgets.spend({ ...key, accessKeyId: "AKIAOTHER" }, "GetDeployment", 1);
    clock.now += 1_000;
    times(3, () => budgets.spend(key, "", 1));
    expect(() => budgets.spend(key, "", 1)).toThrow(throttled);
    // No more for taking roles, however many.
    const taken = { ...key, role: "user", accessKeyId: "ASIATAKEN", sourceAccessKeyId: key.accessKeyId } as const;
    expect(() => budgets.spend(taken, "", 1)).toThrow(throttled);
  });

  it("and none of the server's own", () => {
    const { budgets } = spender();
    const own: Principal = { role: "server", accessKeyId: "S", hostId: null };
    times(DEFAULT_THROTTLE.burst + 1, () => budgets.spend(own, "HostHeartbeat", 1));
  });
});

describe("a function's key", () => {
  const key: Principal = { role: "function", accessKeyId: "K-f", hostId: null, functionName: "check" };

  it("that calls too often is throttled, and no other is", () => {
    const { clock, budgets } = spender();
    times(MAX_FUNCTION_CALLS.burst, () => budgets.spend(key, "", 0));
    expect(() => budgets.spend(key, "", 0)).toThrow("The function check calls the server too often");
    budgets.spend({ ...key, accessKeyId: "K-g", functionName: "other" }, "", 0);
    clock.now += 1_000;
    times(MAX_FUNCTION_CALLS.perSecond, () => budgets.spend(key, "", 0));
    expect(() => budgets.spend(key, "", 0)).toThrow(throttled);
  });

  it("that sends too many bytes is throttled", () => {
    const { budgets } = spender();
    budgets.spend(key, "", MAX_FUNCTION_BYTES.burst);
    expect(() => budgets.spend(key, "", 1)).toThrow("The function check sends too much");
  });
});
