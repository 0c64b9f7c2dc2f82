import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { DatabaseAwayError, DatabaseHealth } from "./database-away.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("tells a restart once: some connections are answered while others are already lost", () => {
  const health = new DatabaseHealth();
  const told: string[] = [];
  health.onAway = (reason) => told.push(reason);
  health.onBack = (after) => told.push(`back after ${after} ms`);
  const lost = () => health.failed(new DatabaseAwayError("it is shut down"));
  lost();
  health.answered();
  expect(health.reason).toBeNull();
  vi.advanceTimersByTime(900);
  lost();
  expect(health.reason).toBe("the database does not answer: it is shut down");
  vi.advanceTimersByTime(2_000);
  health.answered();
  vi.advanceTimersByTime(900);
  health.answered();
  vi.advanceTimersByTime(100);
  expect(told).toEqual(["the database does not answer: it is shut down", "back after 2900 ms"]);
  lost();
  expect(told).toHaveLength(3);
});
