import { boolean, integer, list, outputText, string, structure, timestamp } from "../shapes/shape.ts";

/** What somebody waits for, in words. */
export const waitMembers = { reason: outputText, since: timestamp, until: timestamp };

export const shift = structure(
  {
    targetId: string,
    percent: integer,
    steps: list(structure({ percent: integer, at: timestamp }, ["percent"])),
    askedPercent: integer,
    askedSince: timestamp,
    nextPercent: integer,
    nextAt: timestamp,
    pausedSince: timestamp,
    isOpen: boolean,
  },
  ["targetId", "percent", "steps", "isOpen"],
);
