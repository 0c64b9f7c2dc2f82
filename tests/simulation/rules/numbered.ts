import type { Rule } from "./rule.ts";

export const NUMBERED: Rule = {
  name: "every event is numbered, without a gap",
  watch: (_, violated) => ({
    eventWritten({ id, lastSequence }, { sequence }) {
      if (sequence !== lastSequence + 1) violated(id, `event ${sequence} follows ${lastSequence}`);
    },
    eventsWritten({ id, row, lastSequence }) {
      if (row.last_sequence === lastSequence) return;
      violated(id, `counts ${row.last_sequence} events, and has ${lastSequence}`);
    },
  }),
};
