import { expect, it } from "vitest";
import { splitAtTimes } from "./times-in-text.ts";

it("finds the times of a sentence, and leaves everything else as it is", () => {
  expect(
    splitAtTimes("Host web-1 has not reported since 2026-11-30T03:11:51.633Z, when its agent was stopped."),
  ).toEqual([
    "Host web-1 has not reported since ",
    new Date("2026-11-30T03:11:51.633Z"),
    ", when its agent was stopped.",
  ]);
  expect(splitAtTimes("2026-11-30T03:11:51Z")).toEqual([new Date("2026-11-30T03:11:51Z")]);
  expect(splitAtTimes("")).toEqual([]);
});

it("takes nothing for a time that is none", () => {
  const none = "release-2026-11-30 of 2026-13-45T99:99:99Z";
  expect(splitAtTimes(none)).toEqual([none]);
});
