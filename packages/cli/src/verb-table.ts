import type { Command } from "commander";

/** A file of verbs/: adds arguments, options, an example and the action to the command that main made for it. */
export interface VerbModule {
  define(command: Command): void;
}

interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<VerbModule>;
  /** Goes on when nobody reads its output any more (a closed pipe); the others end, as `head` expects. */
  readonly isService?: boolean;
}

/** In the order of `sluice --help`. */
export const VERBS: readonly Verb[] = [
  {
    name: "up",
    summary: "start a server and some hosts on this machine, to try things out",
    load: () => import("./verbs/up.ts"),
    isService: true,
  },
  { name: "deploy", summary: "bundle a directory and deploy it", load: () => import("./verbs/deploy.ts") },
  { name: "plan", summary: "say how a deployment would go, touching nothing", load: () => import("./verbs/plan.ts") },
  { name: "watch", summary: "follow a deployment until it ends", load: () => import("./verbs/watch.ts") },
  { name: "logs", summary: "print what a deployment's scripts wrote", load: () => import("./verbs/logs.ts") },
  {
    name: "continue",
    summary: "give a waiting blue/green deployment leave to go on",
    load: () => import("./verbs/continue.ts"),
  },
  { name: "stop", summary: "stop a deployment", load: () => import("./verbs/stop.ts") },
  {
    name: "rollback",
    summary: "deploy the last good revision, or a named one, again",
    load: () => import("./verbs/rollback.ts"),
  },
  { name: "ack", summary: "list and acknowledge groups that were rolled back", load: () => import("./verbs/ack.ts") },
  {
    name: "triggers",
    summary: "list, replay and test the messages of triggers",
    load: () => import("./verbs/triggers.ts"),
  },
  { name: "groups", summary: "see and change settings of groups", load: () => import("./verbs/groups.ts") },
  { name: "hosts", summary: "list, declare and remove hosts", load: () => import("./verbs/hosts.ts") },
  { name: "token", summary: "create tokens that hosts enrol with", load: () => import("./verbs/token.ts") },
  {
    name: "env",
    summary: "print the environment that points AWS tools at a server",
    load: () => import("./verbs/env.ts"),
  },
  { name: "server", summary: "run the control plane", load: () => import("./verbs/server.ts"), isService: true },
  {
    name: "agent",
    summary: "enrol this host and run its agent",
    load: () => import("./verbs/agent.ts"),
    isService: true,
  },
];
