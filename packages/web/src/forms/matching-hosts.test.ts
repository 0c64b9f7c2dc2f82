import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { describe, expect, it } from "vitest";
import { isEmptySelection, knownTags, matchingHosts } from "./matching-hosts.ts";
import { type FilterRow, NO_SELECTION, readSelection, writeSelection } from "./tag-selection.ts";

const host = (hostName: string, tags: Record<string, string>, more: Partial<HostSummary> = {}): HostSummary => ({
  hostId: `i-${hostName}`,
  hostName,
  kind: "instance",
  state: "alive",
  tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  declaredAt: new Date(0),
  runningCommands: 0,
  ...more,
});
const row = (key: string, value = "", type: FilterRow["type"] = "KEY_AND_VALUE"): FilterRow => ({ key, value, type });
const selection = (...lists: FilterRow[][]) => ({ ec2: { lists, isSet: false }, onPremises: NO_SELECTION });

const HOSTS = [
  host("web-10", { Role: "web", Zone: "a" }),
  host("web-2", { Role: "web", Zone: "b" }, { state: "dark" }),
  host("db-1", { Role: "db", Zone: "a" }, { state: "declared" }),
  host("old", { Role: "web" }, { state: "retired" }),
  host("rack", { Role: "web" }, { kind: "on-premises" }),
];

describe("matchingHosts", () => {
  it("finds instances with any tag of a list, by name, and says which are dark", () => {
    const found = matchingHosts(HOSTS, selection([row("Role", "web")]));
    expect(found.hosts.map(({ hostName }) => hostName)).toEqual(["web-2", "web-10"]);
    expect(found.dark.map(({ hostName }) => hostName)).toEqual(["web-2"]);
  });

  it("wants one tag of each list", () => {
    const lists = selection([row("Role", "web"), row("Role", "db")], [row("Zone", "a")]);
    expect(matchingHosts(HOSTS, lists).hosts.map(({ hostName }) => hostName)).toEqual(["db-1", "web-10"]);
  });

  it("finds on-premises instances by their own tags alone", () => {
    const found = matchingHosts(HOSTS, {
      ec2: NO_SELECTION,
      onPremises: { lists: [[row("Role", "web")]], isSet: false },
    });
    expect(found.hosts.map(({ hostName }) => hostName)).toEqual(["rack"]);
  });

  it("finds nothing where nothing is selected, or only rows that nobody has filled in", () => {
    expect(matchingHosts(HOSTS, selection()).hosts).toEqual([]);
    expect(matchingHosts(HOSTS, selection([row("")])).hosts).toEqual([]);
    expect(isEmptySelection(selection([row("")]))).toBe(true);
  });
});

describe("a tag selection", () => {
  it("is written as it was read", () => {
    const filters = [
      { Key: "A", Type: "KEY_ONLY" },
      { Value: "x", Type: "VALUE_ONLY" },
      { Key: "B", Value: "y", Type: "KEY_AND_VALUE" },
    ];
    expect(writeSelection(readSelection({ filters }))).toEqual({ filters, lists: [] });
    expect(writeSelection(readSelection({ lists: [filters] }))).toEqual({ filters: [], lists: [filters] });
    expect(writeSelection(readSelection({ lists: [filters, filters] })).lists).toHaveLength(2);
    expect(writeSelection(readSelection({}))).toEqual({ filters: [], lists: [] });
  });

  it("becomes a set with its second list", () => {
    const lists = [[row("A", "1")], [row("B", "2")]];
    expect(writeSelection({ lists, isSet: false }).lists).toHaveLength(2);
  });
});

it("knownTags gives keys and values in the order of the alphabet", () => {
  expect([...knownTags(HOSTS)]).toEqual([
    ["Role", ["db", "web"]],
    ["Zone", ["a", "b"]],
  ]);
});
