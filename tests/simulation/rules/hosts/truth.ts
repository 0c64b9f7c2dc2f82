import { hostRulesOf } from "@sluice/engine/strategies/hosts/host-rules.ts";
import { isTrafficEvent } from "@sluice/model/lifecycle-event.ts";
import { FORGIVEN, type HostRule } from "../../hosts/watched-hosts.ts";

export const TRUTH: HostRule = {
  name: "nothing is said to have succeeded that did not",
  watch: ({ ledger }, violated) => ({
    targetChanged({ id, head }, { target, before }) {
      const { targetId, status, lifecycleEvents } = target;
      for (const [place, event] of lifecycleEvents.entries()) {
        const isNew = event.status === "Succeeded" && before?.lifecycleEvents[place]?.status !== "Succeeded";
        if (!isNew || ledger.liars.has(targetId) || isTrafficEvent(event.name)) continue;
        if (ledger.hasSucceeded(targetId, id, event.name)) continue;
        violated(id, `${targetId}: ${event.name} is said to have succeeded, and never did on that honest host`);
      }
      if (status !== "Succeeded") return;
      const failed = lifecycleEvents.filter((event) => event.status !== "Succeeded").map(({ name }) => name);
      const forgiven = hostRulesOf(head).ignoreApplicationStopFailures ? FORGIVEN : [];
      if (failed.some((name) => !forgiven.includes(name))) {
        violated(id, `${targetId} Succeeded without ${failed.join(", ")}`);
      }
    },
  }),
};
