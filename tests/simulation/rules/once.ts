import type { Rule } from "./rule.ts";

export const ONCE: Rule = {
  name: "a command is given once, in its turn",
  watch: (_, violated) => {
    const given = new Set<string>();
    return {
      targetChanged({ id }, { target: { targetId, lifecycleEvents, command } }) {
        const open = lifecycleEvents.find(({ status }) => status === "Pending" || status === "InProgress");
        if (command && open?.name !== command.event) violated(id, `${targetId} was given ${command.event} out of turn`);
      },
      eventWritten({ id }, { type, body: { targetId, event } }) {
        if (type !== "commandOffered") return;
        const key = `${id}/${targetId}/${event}`;
        if (given.has(key)) violated(id, `gave ${targetId} ${event} twice`);
        given.add(key);
      },
    };
  },
};
