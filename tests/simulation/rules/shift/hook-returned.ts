import { isForward, type ShiftRule } from "../../shift/watched-shifts.ts";

/** To look again, to be answered at last, to give an answer under way its time, and to decide. */
const LATE_MILLISECONDS = 60_000;

export const HOOK_RETURNED: ShiftRule = {
  name: "a hook that returned without an answer fails where it must answer, and is told of elsewhere",
  watch: ({ hooks, now, server, lastOutsideFaultAt }, violated) => ({
    timePassed(watched) {
      const { head, id, targets } = watched;
      const up = server();
      if (!up || up.isDead || head.halt !== null || !isForward(watched)) return;
      for (const { command } of targets.values()) {
        const hook = command?.by === "hook" ? hooks.of(id, command.event) : undefined;
        if (!command || hook?.returnedAt == null) continue;
        const age = now() - Math.max(hook.returnedAt, command.availableAt, up.upSince, lastOutsideFaultAt());
        if (age <= LATE_MILLISECONDS) continue;
        const { strategy } = head;
        if ("hookMustAnswer" in strategy && strategy.hookMustAnswer) {
          violated(id, `waits ${age} ms for the hook of ${command.event}, which returned and must answer`);
        } else if (!command.waiting?.reason.includes("returned without an answer")) {
          violated(
            id,
            `says of the hook of ${command.event}, which returned ${age} ms ago: ${command.waiting?.reason}`,
          );
        }
      }
    },
  }),
};
