import type { Interest } from "../../api/live.ts";

/** What makes the overview old: whatever happens to deployments, and to what it lists. */
export const OVERVIEW_INTEREST: Interest = {
  deployment: "any",
  changed: ["applications", "groups", "hosts", "alarms"],
};
