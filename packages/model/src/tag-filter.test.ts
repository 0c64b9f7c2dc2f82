import { describe, expect, it } from "vitest";
import { matchesAnyTagFilter, matchesTagFilter, matchesTagSet, mergeTags, tagFilterProblem } from "./tag-filter.ts";

const tags = [
  { Key: "Environment", Value: "prod" },
  { Key: "Role", Value: "web" },
  { Key: "Marker", Value: "" },
];

describe("a tag filter", () => {
  it.each([
    [{ Key: "Environment", Value: "prod", Type: "KEY_AND_VALUE" }, true],
    [{ Key: "Environment", Value: "test", Type: "KEY_AND_VALUE" }, false],
    [{ Key: "Environment", Value: "web", Type: "KEY_AND_VALUE" }, false],
    [{ Key: "environment", Value: "prod", Type: "KEY_AND_VALUE" }, false],
    [{ Key: "Environment", Value: "test", Type: "KEY_ONLY" }, true],
    [{ Key: "Owner", Type: "KEY_ONLY" }, false],
    [{ Key: "Environment", Value: "web", Type: "VALUE_ONLY" }, true],
    [{ Value: "db", Type: "VALUE_ONLY" }, false],
    [{ Key: "Marker", Type: "KEY_AND_VALUE" }, true],
    [{ Key: "Role", Type: "KEY_AND_VALUE" }, false],
    [{ Key: "Environment", Value: "prod" }, true],
    [{ Key: "Role" }, true],
    [{ Value: "web" }, true],
    [{}, false],
    [{ Key: "Role", Value: "web", Type: "REGEX" }, false],
  ])("%j matches: %s", (filter, expected) => {
    expect(matchesTagFilter(tags, filter)).toBe(expected);
  });

  it("is enough alone among several, and none matches nothing", () => {
    expect(matchesAnyTagFilter(tags, [{ Key: "Owner" }, { Key: "Role" }])).toBe(true);
    expect(matchesAnyTagFilter(tags, [{ Key: "Owner" }])).toBe(false);
    expect(matchesAnyTagFilter(tags, [])).toBe(false);
    expect(matchesAnyTagFilter(tags, undefined)).toBe(false);
  });

  it.each([
    [{ Key: "A", Value: "b", Type: "KEY_AND_VALUE" }, undefined],
    [{ Value: "b", Type: "VALUE_ONLY" }, undefined],
    [{}, "neither Key nor Value"],
    [{ Key: "A", Type: "ANY" }, 'the Type "ANY"'],
    [{ Value: "b", Type: "KEY_ONLY" }, "no Key"],
    [{ Key: "A", Type: "VALUE_ONLY" }, "no Value"],
    [{ Key: "k".repeat(129) }, "129 characters"],
    [{ Key: "A", Value: "v".repeat(257) }, "257 characters"],
  ])("%j is refused with: %s", (filter, expected) => {
    if (expected === undefined) expect(tagFilterProblem(filter)).toBeUndefined();
    else expect(tagFilterProblem(filter)).toContain(expected);
  });
});

describe("a tag set", () => {
  it("asks for one of each list", () => {
    const prod = [{ Key: "Environment", Value: "prod" }];
    expect(
      matchesTagSet(tags, [
        prod,
        [
          { Key: "Role", Value: "db" },
          { Key: "Role", Value: "web" },
        ],
      ]),
    ).toBe(true);
    expect(matchesTagSet(tags, [prod, [{ Key: "Role", Value: "db" }]])).toBe(false);
  });

  it("matches nothing when it is empty or has an empty list", () => {
    expect(matchesTagSet(tags, [])).toBe(false);
    expect(matchesTagSet(tags, [[{ Key: "Role" }], []])).toBe(false);
    expect(matchesTagSet(tags, undefined)).toBe(false);
  });
});

it("merges tags by key, the added ones winning, in the order of their keys", () => {
  const merged = mergeTags(
    [
      { Key: "b", Value: "1" },
      { Key: "c", Value: "1" },
    ],
    [
      { Key: "c", Value: "2" },
      { Key: "a", Value: "2" },
    ],
  );
  expect(merged).toEqual([
    { Key: "a", Value: "2" },
    { Key: "b", Value: "1" },
    { Key: "c", Value: "2" },
  ]);
});
