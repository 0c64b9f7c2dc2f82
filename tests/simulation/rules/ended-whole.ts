import { ENDED } from "../watched.ts";
import type { Rule } from "./rule.ts";

export const ENDED_WHOLE: Rule = {
  name: "a deployment ends after all its targets",
  watch: (_, violated) => ({
    deploymentEnded({ id, row, targets }) {
      const open = [...targets.values()].filter(({ status }) => !ENDED.includes(status));
      if (open.length === 0) return;
      violated(id, `ended as ${row.status} while ${open.map(({ targetId }) => targetId).join()} had not`);
    },
  }),
};
