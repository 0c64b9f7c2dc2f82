import { OVER } from "../watched.ts";
import type { Rule } from "./rule.ts";

export const STATE_FITS: Rule = {
  name: "a state fits together",
  watch: (_, violated) => ({
    deploymentChanged({ id, row }) {
      const isOpen = !OVER.includes(row.status);
      if (isOpen !== (row.active === 1)) violated(id, `is ${row.status} with active ${row.active}`);
    },
    targetChanged({ id }, { row, target: { targetId, status, command } }) {
      if (row.status !== status) violated(id, `${targetId}: column ${row.status}, state ${status}`);
      if (command && status !== "InProgress") violated(id, `${targetId} is ${status} with a command`);
    },
  }),
};
