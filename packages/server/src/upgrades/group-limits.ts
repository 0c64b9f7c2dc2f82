import { shellWord } from "@sluice/model/shell-word.ts";
import type { AgentUpgradeLimit } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import type { GuardedGroup } from "./upgrade-state.ts";

/** The groups that let fewer hosts be away at a time than the upgrade takes. Of one that lets none, each host says so. */
export function groupLimits(
  groups: readonly GuardedGroup[],
  hostIds: ReadonlySet<string>,
  batchSize: number,
): readonly AgentUpgradeLimit[] {
  return groups.flatMap((group) => {
    const hostsAtOnce = group.hostIds.length - group.minimum;
    const wanted = Math.min(batchSize, group.hostIds.filter((id) => hostIds.has(id)).length);
    if (hostsAtOnce <= 0 || hostsAtOnce >= wanted) return [];
    return [{ group: group.name, hostsAtOnce, reason: reasonOf(group, hostsAtOnce) }];
  });
}

function reasonOf({ name, configName, hostIds, minimum }: GuardedGroup, hostsAtOnce: number): string {
  const [applicationName = "", groupName = ""] = name.split("/").map(shellWord);
  return (
    `at most ${hostsAtOnce} of the ${hostIds.length} hosts of ${name} at a time, since ${configName} keeps ${minimum} of them healthy. ` +
    `For more, give the group another configuration: sluice groups update --application ${applicationName} --group ${groupName} --config NAME (those that there are: sluice configs list)`
  );
}
