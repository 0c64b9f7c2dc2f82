import { isRollback } from "../rules/rollback.ts";
import { groupOf, type Watched } from "../watched.ts";
import { CURRENT_REVISION_KEY } from "./furnish-hosts.ts";
import type { HostScenario, ScenarioHost } from "./host-scenario.ts";
import { type HostGroup, hostsOf, isRestart, type Restartable } from "./watched-hosts.ts";

export function hostGroups({ hosts, groups }: HostScenario): ReadonlyMap<string, HostGroup> {
  const restartable = new Map(hosts.map((host) => [host.hostId, restartableOf(host)]));
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
        installed: new Map(),
        restartable,
        lastSuccessId: null,
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
  for (const { targetId, status, lifecycleEvents, restart } of hostsOf(watched)) {
    // A host that only its traffic was moved of was not attempted, nor was one that could not be restarted.
    if (status === "Skipped" || !lifecycleEvents.some(({ name }) => name === "ApplicationStart")) continue;
    if (restart && "refused" in restart) continue;
    group.health.set(targetId, { healthy: status === "Succeeded", revisionKey: row.revision_key });
    const install = lifecycleEvents.find(({ name }) => name === "Install")?.status;
    if (install === "Succeeded") {
      group.installed.set(targetId, { deploymentId: watched.id, revisionKey: row.revision_key });
    } else if (install === "Failed" || install === "Unknown") group.installed.delete(targetId);
  }
  if (row.status !== "Succeeded" || head.strategy.type === "blue-green-rollback") return;
  group.currentRevisionKey = row.revision_key;
  group.lastSuccessId = watched.id;
  if (!isRollback(watched) && !isRestart(watched)) group.mark = null;
  if (head.strategy.type !== "blue-green") return;
  for (const { targetId } of hostsOf(watched, "Blue")) {
    group.health.delete(targetId);
    group.installed.delete(targetId);
  }
  group.current = group.current === 0 ? 1 : 0;
}

function restartableOf({ nature, isOld }: ScenarioHost): Restartable {
  if (nature === "reference") return "by a copy";
  return nature !== "declared" && isOld ? "never" : "in its place";
}
