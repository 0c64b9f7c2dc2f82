import type { Rule } from "./rule.ts";

/** A call that was overtaken by others arrives within this time. */
const MAX_UNDER_WAY_MILLISECONDS = 40_000;

export const MARKED: Rule = {
  name: "a group that was rolled back says so until it is put right",
  watch: ({ store, groups, now }, violated) => {
    const groupRow = store.prepare("SELECT rolled_back_json FROM deployment_groups WHERE deployment_group_id = ?");
    return {
      groupsChanged() {
        for (const [name, group] of groups) {
          const row = groupRow.get(name) as { rolled_back_json: string | null } | undefined;
          const shown = row?.rolled_back_json
            ? (JSON.parse(row.rolled_back_json) as { rollbackDeploymentId: string }).rollbackDeploymentId
            : null;
          const isAcknowledged =
            now() - (group.acknowledgedAt ?? Number.NEGATIVE_INFINITY) < MAX_UNDER_WAY_MILLISECONDS;
          if (shown === null && group.mark !== null && isAcknowledged) group.mark = null;
          if (shown === group.mark) continue;
          violated(null, `${name} shows the rollback ${shown}, and its rollback is ${group.mark}`);
        }
      },
    };
  },
};
