import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_LIFECYCLE_HOOKS_PER_AUTO_SCALING_GROUP } from "@sluice/model/limits.ts";
import type { Kysely } from "kysely";
import type { DeploymentGroupFields } from "../../../store/columns/group-columns.ts";
import { listGroupsWithAutoScaling } from "../../../store/deployment-groups.ts";
import type { Database } from "../../../store/schema.ts";

/**
 * What AWS would not let a group have, as its hooks would not fit on the Auto Scaling group beside those of other deployment groups. Here
 * no hook is made; a group that is kept is one that AWS would take.
 */
export async function checkLifecycleHooks(
  db: Kysely<Database>,
  deploymentGroupId: string,
  fields: DeploymentGroupFields,
): Promise<void> {
  const names = new Set(fields.autoScalingGroups);
  if (names.size === 0) return;
  const others = (await listGroupsWithAutoScaling(db)).filter((group) => group.deploymentGroupId !== deploymentGroupId);
  for (const name of names) {
    const sharing = others.filter((group) => group.fields.autoScalingGroups?.includes(name));
    const hooks = [fields, ...sharing.map((group) => group.fields)].map(hooksOf).reduce((sum, each) => sum + each, 0);
    if (hooks > MAX_LIFECYCLE_HOOKS_PER_AUTO_SCALING_GROUP) {
      throw new CallerFault(
        "LifecycleHookLimitExceededException",
        `The Auto Scaling group ${excerpt(name)} would have ${hooks} lifecycle hooks of ${sharing.length + 1} deployment groups: at most ${MAX_LIFECYCLE_HOOKS_PER_AUTO_SCALING_GROUP} fit. Leave it out of autoScalingGroups, or take it from another group: \`sluice groups update\`.`,
      );
    }
  }
}

/** One for launches, and one for terminations where the group wants it. */
function hooksOf({ terminationHookEnabled }: DeploymentGroupFields): number {
  return terminationHookEnabled ? 2 : 1;
}
