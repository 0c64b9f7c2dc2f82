import { beforeEach, expect, it } from "vitest";
import { sparseErrors } from "./sparse-errors.ts";

const TEN_MINUTES = 600_000;

let told: string[];
let now: number;
let onError: (error: unknown) => void;

beforeEach(() => {
  told = [];
  now = 0;
  onError = sparseErrors(
    (error) => told.push(String(error)),
    () => now,
  );
});

it("tells an error again when ten minutes have passed, and another one at once", () => {
  for (; now < TEN_MINUTES; now += 1_000) onError(new Error("ECONNREFUSED"));
  onError(new Error("ECONNREFUSED"));
  onError(new TypeError("ECONNREFUSED"));
  onError("no error at all");
  onError("no error at all");
  expect(told).toEqual(["Error: ECONNREFUSED", "Error: ECONNREFUSED", "TypeError: ECONNREFUSED", "no error at all"]);
});

it("remembers a thousand", () => {
  for (let index = 0; index <= 1_000; index += 1) onError(new Error(`host ${index}`));
  onError(new Error("host 1000"));
  onError(new Error("host 1"));
  expect(told).toHaveLength(1_001);
  onError(new Error("host 0"));
  expect(told.at(-1)).toBe("Error: host 0");
});
