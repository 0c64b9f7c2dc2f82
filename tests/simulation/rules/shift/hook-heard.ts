import { HOOK_TIMEOUT_MILLISECONDS } from "@sluice/engine/time-limits.ts";
import type { ShiftRule } from "../../shift/watched-shifts.ts";

const OVERDUE = /did not answer within \d+ minutes/;
const ENDED_SILENTLY = /returned without an answer/;

export const HOOK_HEARD: ShiftRule = {
  name: "no hook is given up that answered, or whose time is not over",
  watch: ({ hooks, outages }, violated) => ({
    targetChanged({ id, head: { strategy } }, { target, before }) {
      const command = before?.command;
      if (command?.by !== "hook") return;
      const event = target.lifecycleEvents.find(({ name }) => name === command.event);
      const message = event?.status === "Failed" ? (event.diagnostics?.message ?? "") : "";
      const hook = hooks.of(id, command.event);
      if (!OVERDUE.test(message) && !ENDED_SILENTLY.test(message)) return;
      if (hook?.acceptedAt != null) violated(id, `gives the hook of ${command.event} up, whose answer it has taken`);
      if (!OVERDUE.test(message)) {
        const mustAnswer = "hookMustAnswer" in strategy && strategy.hookMustAnswer;
        if (!mustAnswer) violated(id, `gives the hook of ${command.event} up, for which others may answer`);
        if (hook?.nature === "silent") violated(id, `says that the hook of ${command.event} ended, which runs`);
        return;
      }
      const reachable = outages.reachableMilliseconds(command.availableAt);
      if (reachable >= HOOK_TIMEOUT_MILLISECONDS) return;
      violated(id, `gives the hook of ${command.event} up after ${reachable} ms in which it could answer`);
    },
  }),
};
