import type { ShiftRule } from "../../shift/watched-shifts.ts";
import { groupOf } from "../../watched.ts";

/** In the words of every event of which a hook said that it failed, and of no other. */
const SAID_NO = "the hook answered Failed";

export const HOOK_TRUTH: ShiftRule = {
  name: "an event ends as its own hook said, and no answer counts for another",
  watch: ({ groups, hooks }, violated) => ({
    targetChanged(watched, { target, before }) {
      const { id } = watched;
      const { scenario } = groupOf({ groups }, watched);
      for (const [place, { name, by, status, diagnostics }] of target.lifecycleEvents.entries()) {
        if (by !== "hook" || before?.lifecycleEvents[place]?.status === status) continue;
        const hook = hooks.of(id, name);
        if (!scenario.hooks.includes(name)) {
          if (hook) violated(id, `ran a hook at ${name}, which has none`);
          if (status === "Failed" && diagnostics?.message === SAID_NO)
            violated(id, `${name} has no hook, and one said no`);
          continue;
        }
        const said = (succeeded: boolean) => hook?.arrived.some((answer) => answer.succeeded === succeeded) ?? false;
        if (status === "Succeeded" && !said(true)) violated(id, `${name} succeeded, and its hook has not said so`);
        if (status === "Failed" && diagnostics?.message === SAID_NO && !said(false)) {
          violated(id, `${name} failed, and its hook has not said so`);
        }
      }
    },
  }),
};
