import { expect, it } from "vitest";
import { ALARM_ACTIVE, causeFirst, HEALTH_CONSTRAINTS, NO_INSTANCES } from "./aws-sentences.ts";

it("puts what is particular about a message before AWS's sentence, wherever that stands", () => {
  expect(causeFirst(`${HEALTH_CONSTRAINTS} 2 of 3 hosts failed.`)).toEqual({
    cause: "2 of 3 hosts failed.",
    sentence: HEALTH_CONSTRAINTS,
  });
  expect(causeFirst(`In zone a: ${HEALTH_CONSTRAINTS} 2 of 3 hosts failed.`)).toEqual({
    cause: "In zone a: 2 of 3 hosts failed.",
    sentence: HEALTH_CONSTRAINTS,
  });
  expect(causeFirst(`${ALARM_ACTIVE} <errors> errors fires.`).cause).toBe("<errors> errors fires.");
});

it("leaves a message alone that has no such sentence, or nothing else", () => {
  expect(causeFirst("it exited with 1")).toEqual({ cause: "it exited with 1", sentence: undefined });
  expect(causeFirst(NO_INSTANCES)).toEqual({ cause: NO_INSTANCES, sentence: undefined });
});
