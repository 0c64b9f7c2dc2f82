import { expect, test } from "vitest";
import { hostRow, pending } from "./grid.fixture.ts";
import { columnsOf } from "./grid-row.ts";
import { filterRows, groupRows, itemsOf, NO_ZONE, zonesOf } from "./grid-view.ts";

const failure = {
  name: "ApplicationStart",
  status: "Failed",
  by: "agent",
  errorCode: "ScriptFailed",
  message: "No such port",
};
const rows = [
  hostRow(1, { status: "Succeeded", zone: "b" }),
  hostRow(2, { status: "Failed", zone: "b", events: [failure] }),
  hostRow(3, { status: "InProgress", zone: "a" }),
  hostRow(4, { status: "Succeeded", zone: undefined }),
];
const names = (list: readonly { readonly hostName: string }[]) => list.map(({ hostName }) => hostName);

test("groups by state have what needs a person first, with counts", () => {
  const groups = groupRows(rows, "state");
  expect(groups.map(({ key, rows: members }) => [key, names(members)])).toEqual([
    ["Failed", ["web-2"]],
    ["InProgress", ["web-3"]],
    ["Succeeded", ["web-1", "web-4"]],
  ]);
});

test("groups by zone have failing hosts first, and hosts without a zone last", () => {
  const groups = groupRows(rows, "zone");
  expect(groups.map(({ key, rows: members }) => [key, names(members)])).toEqual([
    ["a", ["web-3"]],
    ["b", ["web-2", "web-1"]],
    [NO_ZONE, ["web-4"]],
  ]);
  expect(groups[1]?.counts).toEqual([
    { state: "Failed", count: 1 },
    { state: "Succeeded", count: 1 },
  ]);
  expect(zonesOf(rows)).toEqual(["a", "b", NO_ZONE]);
  expect(names(groupRows(rows, "none")[0]!.rows)).toEqual(["web-2", "web-1", "web-3", "web-4"]);
});

test("a closed group shows its head alone", () => {
  const items = itemsOf(groupRows(rows, "state"), new Set(["Succeeded"]));
  expect(items.map((item) => (item.kind === "group" ? item.group.key : item.row.hostName))).toEqual([
    "Failed",
    "web-2",
    "InProgress",
    "web-3",
    "Succeeded",
  ]);
});

test("filters by words, state and zone together", () => {
  expect(names(filterRows(rows, { text: "scriptfailed PORT" }))).toEqual(["web-2"]);
  expect(names(filterRows(rows, { state: "Succeeded", zone: NO_ZONE }))).toEqual(["web-4"]);
  expect(names(filterRows(rows, { text: "i-3" }))).toEqual(["web-3"]);
  expect(filterRows(rows, { text: " " })).toBe(rows);
});

test("columns suit rows with different events", () => {
  const green = {
    label: "Green",
    events: ["Install", "BeforeAllowTraffic", "AllowTraffic"].map((name) => pending(name)),
  };
  const blue = { label: "Blue", events: ["BeforeBlockTraffic", "BlockTraffic"].map((name) => pending(name)) };
  expect(columnsOf([blue, green, blue])).toEqual([
    "Install",
    "BeforeAllowTraffic",
    "AllowTraffic",
    "BeforeBlockTraffic",
    "BlockTraffic",
  ]);
  const long = { events: ["A", "B", "C", "D"].map((name) => pending(name)) };
  const short = { events: ["A", "X", "C"].map((name) => pending(name)) };
  expect(columnsOf([long, short])).toEqual(["A", "B", "X", "C", "D"]);
});
