import { expect, it } from "vitest";
import { describeUnderWay } from "./under-way.ts";

it("says which deployments are in progress and what becomes of them", () => {
  expect(describeUnderWay([])).toEqual([]);
  expect(describeUnderWay(["d-1"])).toEqual([
    "In progress: d-1. It continues at the next sluice up; a host whose script is stopped now is then reported as failed.",
  ]);
  const many = Array.from({ length: 12 }, (_, index) => `d-${index}`);
  expect(describeUnderWay(many)[0]).toMatch(/^In progress: d-0, .*, d-9 and 2 more\. They continue at/);
});
