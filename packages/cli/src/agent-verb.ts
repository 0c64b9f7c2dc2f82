import type { Verb } from "./verb.ts";

/** Apart from the other verbs: the program of a host holds no other. */
export const AGENT_VERB: Verb = {
  name: "agent",
  summary: "enrol this host and run its agent",
  load: () => import("./verbs/agent.ts"),
  isService: true,
};
