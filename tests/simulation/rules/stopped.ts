import type { Rule } from "./rule.ts";

export const STOPPED: Rule = {
  name: "after a stop nobody is given another event",
  watch: (_, violated) => {
    const stopped = new Set<string>();
    return {
      eventWritten({ id }, { type, body: { targetId, event } }) {
        if (type === "stopRequested") stopped.add(id);
        if (type !== "commandOffered" || !stopped.has(id)) return;
        violated(id, `gave ${targetId} ${event} after the stop was accepted`);
      },
    };
  },
};
