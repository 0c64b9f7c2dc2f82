import type { Rule } from "./rule.ts";

export const ONE_ACTIVE: Rule = {
  name: "a group has one active deployment",
  watch: ({ deployments }, violated) => ({
    someDeploymentChanged() {
      const active = new Map<string, string>();
      for (const [id, { row }] of deployments.active) {
        const other = active.get(row.deployment_group_id);
        if (other) violated(id, `is active beside ${other} in ${row.deployment_group_name}`);
        active.set(row.deployment_group_id, id);
      }
    },
  }),
};
