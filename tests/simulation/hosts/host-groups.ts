import { isRollback } from "../rules/rollback.ts";
import { groupOf, type Watched } from "../watched.ts";
import { CURRENT_REVISION_KEY } from "./furnish-hosts.ts";
import type { HostScenario } from "./host-scenario.ts";
import { type HostGroup, hostsOf } from "./watched-hosts.ts";

export function hostGroups({ hosts, groups }: HostScenario): ReadonlyMap<string, HostGroup> {
  const zones = new Map(hosts.map(({ hostId, zone }) => [hostId, zone]));
  return new Map(
    groups.map((group): [string, HostGroup] => [
      group.name,
      {
        scenario: group,
        zones,
        fleets: [group.members, group.others],
        current: 0,
        health: new Map(group.prior),
        currentRevisionKey: group.hasSuccess ? CURRENT_REVISION_KEY : null,
        mark: null,
        acknowledgedAt: null,
      },
    ]),
  );
}

/** What the group is after a deployment that has ended. */
export function takeIn(groups: ReadonlyMap<string, HostGroup>, watched: Watched): void {
  const group = groupOf({ groups }, watched);
  const { row, head } = watched;
  for (const { targetId, status, lifecycleEvents } of hostsOf(watched)) {
    if (status === "Skipped" || !lifecycleEvents.some(({ name }) => name === "Install")) continue;
    group.health.set(targetId, { healthy: status === "Succeeded", revisionKey: row.revision_key });
  }
  if (row.status !== "Succeeded" || head.strategy.type === "blue-green-rollback") return;
  group.currentRevisionKey = row.revision_key;
  if (!isRollback(watched)) group.mark = null;
  if (head.strategy.type !== "blue-green") return;
  for (const { targetId } of hostsOf(watched, "Blue")) group.health.delete(targetId);
  group.current = group.current === 0 ? 1 : 0;
}
