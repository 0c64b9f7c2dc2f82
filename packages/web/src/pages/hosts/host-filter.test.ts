import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { expect, it } from "vitest";
import { parseSort } from "../../design/sort.ts";
import { hostFacets, hostRows } from "./host-filter.ts";

const host = (hostName: string, more: Partial<HostSummary> = {}): HostSummary => ({
  hostId: `i-${hostName}`,
  hostName,
  kind: "instance",
  state: "alive",
  tags: [],
  declaredAt: new Date(0),
  runningCommands: 0,
  ...more,
});
const HOSTS = [
  host("web-10", { zone: "b", tags: [{ Key: "Role", Value: "web" }] }),
  host("web-2", {
    zone: "a",
    state: "dark",
    tags: [
      { Key: "Role", Value: "web" },
      { Key: "Env", Value: "prod" },
    ],
  }),
  host("db-1"),
];
const names = (filter: Parameters<typeof hostRows>[1], sort = "name") =>
  hostRows(HOSTS, filter, parseSort(sort, "name")).map(({ hostName }) => hostName);

it("wants all tags, one of the zones and states, and every word", () => {
  expect(names({ tag: ["Role=web"] })).toEqual(["web-2", "web-10"]);
  expect(names({ tag: ["Role=web", "Env=prod"] })).toEqual(["web-2"]);
  expect(names({ zone: ["a", "b"], state: ["alive"] })).toEqual(["web-10"]);
  expect(names({ zone: [""] })).toEqual(["db-1"]);
  expect(names({ text: "env=PROD web" })).toEqual(["web-2"]);
});

it("sorts states by how much they want a look", () => {
  expect(names({}, "state")[0]).toBe("web-2");
});

it("counts what there is to filter by", () => {
  const { states, zones, tags } = hostFacets(HOSTS);
  expect(states.map(({ id, count }) => [id, count])).toEqual([
    ["dark", 1],
    ["alive", 2],
  ]);
  expect(zones.map(({ title }) => title)).toEqual(["a", "b", "No zone"]);
  expect(tags.map(({ id, count }) => [id, count])).toEqual([
    ["Env=prod", 1],
    ["Role=web", 2],
  ]);
});
