import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CorrectedClock } from "./corrected-clock.ts";

const SERVER = Date.UTC(2026, 10, 28, 12, 0, 0);
const DATE = new Date(SERVER).toUTCString();
const told: number[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  told.length = 0;
});
afterEach(() => vi.useRealTimers());
const clock = () => new CorrectedClock((seconds) => told.push(seconds));

it("follows the server's time once a signature was refused for it, and says by how much this machine is off", () => {
  vi.setSystemTime(SERVER + 600_000);
  const corrected = clock();
  expect(corrected.now().getTime()).toBe(SERVER + 600_000);
  expect(corrected.refused("InvalidSignatureException", corrected.now(), DATE)).toBe(true);
  expect(corrected.now().getTime()).toBe(SERVER);
  expect(corrected.secondsAhead).toBe(600);
  // The next refusal is no matter of time.
  expect(corrected.refused("InvalidSignatureException", corrected.now(), DATE)).toBe(false);
  expect(told).toEqual([600]);
});

it("lets a call be asked again that was signed before another's refusal set the clock right, and tells it once", () => {
  vi.setSystemTime(SERVER - 600_000);
  const corrected = clock();
  const signedAt = corrected.now();
  expect(corrected.refused("InvalidSignatureException", signedAt, DATE)).toBe(true);
  expect(corrected.refused("InvalidSignatureException", signedAt, DATE)).toBe(true);
  expect(corrected.secondsAhead).toBe(-600);
  expect(told).toEqual([-600]);
});

it("goes back to this machine's time when that was set right", () => {
  vi.setSystemTime(SERVER - 600_000);
  const corrected = clock();
  corrected.refused("RequestExpired", corrected.now(), DATE);
  vi.setSystemTime(SERVER + 1_000);
  const signedAt = corrected.now();
  expect(corrected.refused("InvalidSignatureException", signedAt, new Date(SERVER + 1_000).toUTCString())).toBe(true);
  expect(corrected.secondsAhead).toBe(0);
  expect(told).toEqual([-600, 0]);
});

it("is not moved by other refusals, by small differences, or by an answer without a date", () => {
  vi.setSystemTime(SERVER + 600_000);
  const corrected = clock();
  expect(corrected.refused("AccessDeniedException", corrected.now(), DATE)).toBe(false);
  expect(corrected.refused("InvalidSignatureException", corrected.now(), undefined)).toBe(false);
  vi.setSystemTime(SERVER + 60_000);
  expect(corrected.refused("InvalidSignatureException", corrected.now(), DATE)).toBe(false);
  expect(told).toEqual([]);
});
