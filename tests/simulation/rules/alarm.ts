import type { Rule } from "./rule.ts";

/** Between two readings of the alarms, and what a decision may take after one that is not written down at the first attempt. */
const ALARM_POLL_MILLISECONDS = 2_000;
const ALARM_DECISION_MILLISECONDS = 3_000;

/** It halts what its deployment is at, whichever stage that is; a deployment that terminates its originals goes on. */
export const ALARM: Rule = {
  name: "an alarm that fires is heeded",
  watch: ({ alarms, server, now, lastOutsideFaultAt, isCalm, tickMilliseconds }, violated) => ({
    timePassed({ id, row, head }) {
      if (head.alarms === null || head.halt !== null || head.startedAt === null) return;
      if (head.stage === "terminate" && head.wait === null) return;
      const since = alarms.firingSince(row.deployment_group_id);
      const up = server();
      if (since === null || !up) return;
      const knowable = Math.max(since, lastOutsideFaultAt(), up.upSince, head.startedAt);
      const troubles = isCalm ? 0 : 2 * alarms.answerMilliseconds + ALARM_DECISION_MILLISECONDS;
      if (now() - knowable <= ALARM_POLL_MILLISECONDS + 2 * tickMilliseconds + troubles) return;
      violated(id, `goes on ${now() - since} ms after its alarm began to fire`);
    },
  }),
};
