import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { firstIssue, flag, numberWithin, pathOf, secretText, settings, text } from "./settings-schema.ts";

const SCHEMA = settings({
  url: text("an address"),
  token: v.optional(secretText("a token")),
  seconds: v.optional(numberWithin(1, 60, "a time")),
  isOpen: v.optional(flag("whether it is open")),
});

function problemOf(value: unknown): string | undefined {
  const { issues } = v.safeParse(SCHEMA, value);
  if (issues === undefined) return undefined;
  const issue = firstIssue(issues);
  return `${pathOf(issue).join(".")} ${issue.message}`;
}

describe("settings", () => {
  it("are taken as they are given", () => {
    expect(v.parse(SCHEMA, { url: "a", token: "b", seconds: 1.5, isOpen: false })).toEqual({
      url: "a",
      token: "b",
      seconds: 1.5,
      isOpen: false,
    });
  });

  it.each([
    [{}, "url", "is missing: an address"],
    [{ url: null }, "url", "is missing: an address"],
    [{ ulr: "a" }, "ulr", "is not a setting of this driver: use one of url, token, seconds, isOpen"],
    [{ url: "a", constructor: 1 }, "constructor", "is not a setting of this driver: use one of url,"],
    [{ url: 5 }, "url", "has the value 5 of type number: give a string"],
    [{ url: "a", token: 12_345 }, "token", "has the value of type number: give a string"],
    [{ url: "a", seconds: "5" }, "seconds", 'has the value "5" of type string: give a number'],
    [{ url: "a", seconds: 0 }, "seconds", "has the value 0: give a number from 1 to 60"],
    [{ url: "a", seconds: 61 }, "seconds", "has the value 61: give a number from 1 to 60"],
    [{ url: "a", isOpen: "no" }, "isOpen", 'has the value "no" of type string: give a boolean'],
  ])("are refused: %j", (value, path, message) => {
    expect(problemOf(value)).toContain(`${path} ${message}`);
  });
});
