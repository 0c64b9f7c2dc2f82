import { deploymentInfos } from "@sluice/server/operations/codedeploy/views/deployment-info.ts";
import { count } from "../watched.ts";
import type { Rule } from "./rule.ts";

export const OVERVIEW: Rule = {
  name: "what the API counts is what there is",
  watch: ({ store }, violated) => ({
    async answersAreDue({ id, row, targets }) {
      const [info] = await deploymentInfos(store.db, [row]);
      for (const [status, counted] of Object.entries(info?.deploymentOverview ?? {})) {
        const found = count([...targets.values()], status);
        if (counted !== found) violated(id, `counts ${counted} ${status} targets of ${found}`);
      }
    },
  }),
};
