import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../installation/until.fixture.ts";
import { ALARM_WORLDS, type AlarmWorld } from "./alarm-worlds.fixture.ts";

const never = new AbortController().signal;

describe.each(ALARM_WORLDS)("the alarm reader $name", ({ whyNot, start }) => {
  let world: AlarmWorld;

  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));

  beforeAll(async () => {
    if (whyNot === null) world = await start();
  });

  afterAll(() => world?.stop());

  const read = async (name: string) => (await world.reader.read([name], never))[0]!;
  const becomes = (name: string, state: string) =>
    until(`${name} is ${state}`, async () => {
      const reading = await read(name);
      return reading.state === state && reading;
    });

  it("gives a reading for each name in their order, the names that nobody knows and repeated ones included", async () => {
    await becomes("calm", "ok");
    const readings = await world.reader.read(["unsure", "nobody's", "calm", "unsure"], never);
    expect(readings.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "unsure insufficient-data",
      "nobody's unknown",
      "calm ok",
      "unsure insufficient-data",
    ]);
    expect(readings.every(({ detail }) => detail !== "")).toBe(true);
  });

  it("says when an alarm fires and since when, and when it has ended", async () => {
    await becomes("switched", "ok");
    const before = Date.now();
    await world.set("alarm");
    const { since, detail } = await becomes("switched", "alarm");
    // Whole seconds are all that some systems keep.
    expect(since).toBeGreaterThanOrEqual(before - 1_000);
    expect(since).toBeLessThanOrEqual(Date.now());
    expect(detail).not.toBe("");
    await world.set("ok");
    await becomes("switched", "ok");
  });

  it("finds an alarm among more names than one request may hold", async () => {
    await becomes("calm", "ok");
    const names = [...Array.from({ length: 240 }, (_, index) => `nobody's-${index}`), "calm"];
    const readings = await world.reader.read(names, never);
    expect(readings.map(({ name }) => name)).toEqual(names);
    expect(readings.at(-1)?.state).toBe("ok");
    expect(readings.filter(({ state }) => state === "unknown")).toHaveLength(240);
  });

  it("has nothing to say about no names", async () => {
    expect(await world.reader.read([], never)).toEqual([]);
  });

  it("rejects when nobody is there, and never says ok", async () => {
    await expect(world.lost.read(["calm"], never)).rejects.toThrow();
  });

  it("does not begin when it was told to stop", async () => {
    await expect(world.reader.read(["calm"], AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});
