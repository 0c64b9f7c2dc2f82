import { expect, it } from "vitest";
import { reasonOf } from "./reason-of.ts";

it("gives an error's message, and anything else that was thrown as text", () => {
  expect(reasonOf(new RangeError("too far"))).toBe("too far");
  expect(reasonOf("no words")).toBe("no words");
  expect(reasonOf(undefined)).toBe("undefined");
});
