import { expect, it } from "vitest";
import { judge, type Sample } from "./trend.ts";

const samples = (change: (minute: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: 30 }, (_, minute) => ({
    minute,
    deployments: minute * 20,
    databaseBytes: 20_000_000,
    logBytes: 5_000_000,
    serverMegabytes: 150,
    median: 1.5,
    p95: 2,
    ...change(minute),
  }));
const growing = (list: readonly Sample[]) =>
  judge(list)
    .filter(({ isFlat }) => !isFlat)
    .map(({ measure }) => measure);

it("what stays is flat, and so is what a busy minute disturbs or what wavers", () => {
  expect(growing(samples(() => ({})))).toEqual([]);
  expect(growing(samples((minute) => (minute > 26 ? { median: 9, serverMegabytes: 300 } : {})))).toEqual([]);
  expect(growing(samples((minute) => ({ logBytes: 5_000_000 + (minute % 3) * 1_000_000 })))).toEqual([]);
});

it("what grows is told", () => {
  expect(growing(samples((minute) => ({ databaseBytes: 20_000_000 + minute * 100_000 })))).toEqual(["databaseBytes"]);
  expect(growing(samples((minute) => ({ logBytes: 5_000_000 + minute * 250_000 })))).toEqual(["logBytes"]);
  expect(growing(samples((minute) => ({ serverMegabytes: 150 + minute })))).toEqual(["serverMegabytes"]);
  expect(growing(samples((minute) => ({ median: 1 + minute / 30 })))).toEqual(["median"]);
});
