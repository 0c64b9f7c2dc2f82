import type { HostSummary, PlannedHost } from "@sluice/wire/sluice/sluice-api.ts";
import { expect, it } from "vitest";
import { groupHostRows } from "./group-host-rows.ts";

const host = (hostName: string, state: HostSummary["state"]): HostSummary => ({
  hostId: `i-${hostName}`,
  hostName,
  kind: "instance",
  state,
  tags: [{ Key: "Role", Value: "web" }],
  declaredAt: new Date(0),
  runningCommands: 0,
});
const planned = (hostName: string, healthy: boolean, revision: string): PlannedHost => ({
  targetId: `i-${hostName}`,
  hostName,
  healthy,
  revision,
  dark: false,
  traffic: [],
});

it("puts hosts first that need somebody: dark, unhealthy, older, and then those that are as they should be", () => {
  const hosts = [host("a", "alive"), host("b", "alive"), host("c", "dark"), host("d", "alive"), host("e", "alive")];
  const plans = [planned("a", true, "Current"), planned("b", false, "Old"), planned("d", true, "Old")];
  const rows = groupHostRows(hosts, { ec2TagFilters: [{ Key: "Role", Value: "web", Type: "KEY_AND_VALUE" }] }, plans);
  expect(rows.map(({ hostName }) => hostName)).toEqual(["c", "b", "d", "e", "a"]);
  expect(rows.at(3)).toMatchObject({ isHealthy: undefined, revision: undefined });
});
