import { expect, it } from "vitest";
import { SharedReading } from "./shared-reading.ts";

const never = new AbortController().signal;

/** Readings that end when the test says so; each answers with its number. */
function readings() {
  const ends: ((error?: Error) => void)[] = [];
  const shared = new SharedReading(() => {
    const number = ends.length + 1;
    return new Promise<number>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve(number))));
  });
  return { shared, ends };
}

const moment = () => new Promise((resolve) => setImmediate(resolve));

it("answers all who ask in one moment with one reading", async () => {
  const { shared, ends } = readings();
  const asked = [1, 2, 3].map(() => shared.ask(never));
  await moment();
  ends[0]?.();
  expect(await Promise.all(asked)).toEqual([1, 1, 1]);
});

it("answers nobody with a reading that began before the question, and all of those with the next one", async () => {
  const { shared, ends } = readings();
  const first = shared.ask(never);
  await moment();
  const later = [shared.ask(never), shared.ask(never)];
  await moment();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  expect(await first).toBe(1);
  await moment();
  ends[1]?.();
  expect(await Promise.all(later)).toEqual([2, 2]);
});

it("tells a failure to those who asked, and reads again for the next", async () => {
  const { shared, ends } = readings();
  const first = shared.ask(never);
  await moment();
  const second = shared.ask(never);
  ends[0]?.(new Error("out of reach"));
  await expect(first).rejects.toThrow("out of reach");
  await moment();
  ends[1]?.();
  expect(await second).toBe(2);
});

it("lets one asker go without taking the reading from the others", async () => {
  const { shared, ends } = readings();
  const leaving = new AbortController();
  const [one, other] = [shared.ask(leaving.signal), shared.ask(never)];
  await moment();
  leaving.abort(new Error("gone"));
  await expect(one).rejects.toThrow("gone");
  ends[0]?.();
  expect(await other).toBe(1);
  await expect(shared.ask(leaving.signal)).rejects.toThrow("gone");
});
