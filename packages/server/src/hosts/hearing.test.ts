import { describe, expect, it } from "vitest";
import { DEAF_TOLD_AFTER_MILLISECONDS, deafnessMessage, Hearing, PROBE_TIMEOUT_MILLISECONDS } from "./hearing.ts";

const START = 1_000_000;
const GRACE = 15_000;

/** Probes that are answered at once, a second apart, from one moment to another. */
function hear(hearing: Hearing, from: number, until: number): void {
  for (let at = from; at <= until; at += 1_000) hearing.answered(at, at + 5);
}
const darkAt = (hearing: Hearing, lastSign: number, now: number) => hearing.silentSince(lastSign, GRACE, now) + GRACE;

describe("what is proven", () => {
  it("is the time between the starts of two answered probes, and nothing before the first or after the last", () => {
    const hearing = new Hearing(START);
    expect(hearing.heard(START, START + 10_000)).toBe(0);
    hearing.answered(START + 500, START + 600);
    expect(hearing.heard(START, START + 10_000)).toBe(0);
    hearing.answered(START + 1_500, START + 1_900);
    expect(hearing.heard(START, START + 10_000)).toBe(1_000);
    expect(hearing.heard(START + 1_000, START + 1_200)).toBe(200);
  });

  it("is not the time around a probe that failed, was slow, or was doubted", () => {
    for (const trouble of [
      (hearing: Hearing) => hearing.failed("refused"),
      (hearing: Hearing) => hearing.answered(START + 3_000, START + 3_001 + PROBE_TIMEOUT_MILLISECONDS),
      (hearing: Hearing) => hearing.doubted("connections were dropped"),
    ]) {
      const hearing = new Hearing(START);
      hear(hearing, START, START + 2_000);
      trouble(hearing);
      hear(hearing, START + 4_000, START + 6_000);
      expect(hearing.heard(START, START + 6_000)).toBe(4_000);
      expect(hearing.gapMilliseconds(START + 6_000)).toBe(2_000);
    }
  });

  it("is not the time in which this process stood still or its clock was set forward", () => {
    const hearing = new Hearing(START);
    hear(hearing, START, START + 2_000);
    hear(hearing, START + 42_000, START + 44_000);
    expect(hearing.heard(START, START + 44_000)).toBe(4_000);
    expect(hearing.isWholeSince(START + 1_000)).toBe(false);
    expect(hearing.isWholeSince(START + 42_500)).toBe(true);
  });

  it("is remembered for as long as deadlines are, and not for ever where it was interrupted again and again", () => {
    const steady = new Hearing(START);
    const hour = 3_600_000;
    hear(steady, START, START + 13 * hour);
    expect(steady.heardTime()).toEqual([{ from: START, until: START + 13 * hour }]);
    const flapping = new Hearing(START);
    for (let at = START; at < START + 60_000_000; at += 10_000) {
      hear(flapping, at, at + 3_000);
      flapping.doubted("flapping");
    }
    expect(flapping.heardTime()).toHaveLength(5_000);
    expect(flapping.heard(START, START + 60_000_000)).toBe(5_000 * 3_000);
  });
});

describe("a silent host", () => {
  it("is dark when its grace is proven, about one probe after it is over", () => {
    const hearing = new Hearing(START);
    hear(hearing, START, START + 14_000);
    // Waited for until then, not asked about every second.
    expect(darkAt(hearing, START, START + 2_000)).toBe(START + 15_000);
    expect(darkAt(hearing, START, START + 15_000)).toBe(START + 16_000);
    hear(hearing, START + 15_000, START + 15_000);
    expect(darkAt(hearing, START, START + 15_000)).toBe(START + 15_000);
  });

  it("is never dark while nothing is proven, and dark after its grace and the gap", () => {
    const hearing = new Hearing(START);
    hear(hearing, START, START + 10_000);
    hearing.failed("the database is away");
    for (let now = START + 11_000; now <= START + 70_000; now += 1_000) {
      expect(darkAt(hearing, START, now)).toBeGreaterThan(now);
    }
    // The gap did not set its clock back, but it may have come back in it, and speaks within ten seconds then.
    hear(hearing, START + 70_000, START + 79_000);
    expect(darkAt(hearing, START, START + 79_500)).toBeGreaterThan(START + 79_500);
    hear(hearing, START + 80_000, START + 80_000);
    expect(darkAt(hearing, START, START + 80_000)).toBeLessThanOrEqual(START + 80_000);
  });

  it("is not called dark for what it missed before a gap in which it may be back", () => {
    const hearing = new Hearing(START);
    hear(hearing, START, START + 10_000);
    hearing.failed("deaf");
    hear(hearing, START + 30_000, START + 38_000);
    expect(darkAt(hearing, START, START + 38_500)).toBeGreaterThan(START + 38_500);
    // Nor is one that was dark before the gap, until the server hears again.
    hear(hearing, START + 39_000, START + 45_000);
    expect(darkAt(hearing, START, START + 45_500)).toBeLessThanOrEqual(START + 45_500);
    hearing.failed("deaf");
    expect(darkAt(hearing, START, START + 65_000)).toBeGreaterThan(START + 65_000);
  });

  it("is owed its time after a gap however long it was silent before", () => {
    const hearing = new Hearing(START);
    hear(hearing, START, START + 90_000);
    expect(darkAt(hearing, START, START + 90_500)).toBeLessThanOrEqual(START + 90_500);
    hearing.failed("deaf");
    hear(hearing, START + 150_000, START + 154_000);
    expect(darkAt(hearing, START, START + 154_500)).toBeGreaterThan(START + 154_500);
    hear(hearing, START + 155_000, START + 161_000);
    expect(darkAt(hearing, START, START + 161_500)).toBeLessThanOrEqual(START + 161_500);
  });

  it("is named for all that a server that flaps can do", () => {
    const hearing = new Hearing(START);
    let now = START;
    for (; darkAt(hearing, START, now) > now; now += 6_000) {
      expect(now).toBeLessThan(START + 200_000);
      hear(hearing, now, now + 2_000);
      hearing.failed("flapping");
    }
    // In two seconds of six every word of a living host may be missed: it is owed more of them.
    expect(hearing.heard(START, now)).toBeGreaterThanOrEqual(4 * GRACE);
  });
});

it("tells of a deafness that lasts, since when and why, until it is over", () => {
  const hearing = new Hearing(START);
  hear(hearing, START, START + 2_000);
  hearing.failed("connect ECONNREFUSED");
  expect(hearing.deafness(START + 2_000 + DEAF_TOLD_AFTER_MILLISECONDS)).toBeNull();
  expect(hearing.deafness(START + 13_000)).toEqual({ since: START + 2_000, reason: "connect ECONNREFUSED" });
  expect(hearing.gapMilliseconds(START + 13_000)).toBe(11_000);
  hear(hearing, START + 14_000, START + 14_000);
  expect(hearing.deafness(START + 14_500)).toBeNull();
  expect(hearing.gapMilliseconds(START + 14_500)).toBe(12_000);
});

it("ends a reason with one full stop, whoever wrote it", () => {
  for (const reason of ["connect ECONNREFUSED", "Nothing was changed. Try again."]) {
    const told = deafnessMessage({ since: START, reason });
    expect(told).toContain(`: ${reason.replace(/\.$/, "")}. No host counts as silent`);
  }
});
