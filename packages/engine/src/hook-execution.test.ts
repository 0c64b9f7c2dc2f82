import { LIFECYCLE_EVENTS, TEST_TRAFFIC_EVENTS } from "@sluice/model/lifecycle-event.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hookExecutionId, readHookExecutionId } from "./hook-execution.ts";

describe("the id of a hook's execution", () => {
  it("says which command it is about", () => {
    const execution = fc.record({
      targetId: fc.string({ minLength: 1 }),
      event: fc.constantFrom(...LIFECYCLE_EVENTS, ...TEST_TRAFFIC_EVENTS),
      attempt: fc.integer({ min: 1, max: 999_999 }),
    });
    fc.assert(
      fc.property(execution, (one) => {
        expect(readHookExecutionId(hookExecutionId(one))).toEqual(one);
      }),
    );
  });

  it.each(["", "AllowTraffic", "AllowTraffic/1", "AllowTraffic/0/web", "Nothing/1/web", "AllowTraffic/one/web"])(
    "is not %j",
    (id) => {
      expect(readHookExecutionId(id)).toBeUndefined();
    },
  );
});
