import { expect, test } from "vitest";
import { eventDuration } from "./event-duration.ts";

test("is as exact as one wants to know", () => {
  expect([-5, 0, 440, 3_000, 9_960, 12_900, 185_000].map(eventDuration)).toEqual([
    "0s",
    "0s",
    "0.4s",
    "3s",
    "10s",
    "12s",
    "3m 05s",
  ]);
});
