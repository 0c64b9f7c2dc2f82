import type { LambdaRule } from "../../lambda/watched-functions.ts";
import { isForward } from "../../shift/watched-shifts.ts";

export const ALIAS_RESTORED: LambdaRule = {
  name: "a rollback leaves the alias as it was before the deployment",
  watch: ({ routingOf, servedBefore, isMeddledWith }, violated) => ({
    deploymentEnded(watched) {
      const { id, row } = watched;
      if (isForward(watched) || row.status !== "Succeeded" || isMeddledWith(watched)) return;
      const before = servedBefore(row.deployment_group_id);
      const now = routingOf(row.deployment_group_id);
      if (before === undefined || (now?.version === before && now.second === null)) return;
      violated(id, `went back to ${JSON.stringify(now)}, and before the deployment version ${before} had all traffic`);
    },
  }),
};
