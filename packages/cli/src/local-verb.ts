import type { Verb } from "./verb.ts";

/** Run by the program of a host, which has the code that it needs. */
export const LOCAL_VERB: Verb = {
  name: "local",
  summary: "deploy a bundle or directory to this machine, with no server",
  load: () => import("./verbs/local.ts"),
  // Of the reference's local mode, for scripts that call it.
  usageStatus: 1,
};
