import { AGENT_VERB } from "./agent-verb.ts";
import { LOCAL_VERB } from "./local-verb.ts";
import type { Verb } from "./verb.ts";

/** In the order of `sluice --help`. */
export const VERBS: readonly Verb[] = [
  {
    name: "up",
    summary: "start a server and some hosts on this machine, to try Sluice",
    load: () => import("./verbs/up.ts"),
    isService: true,
  },
  { name: "console", summary: "open the console in the browser, signed in", load: () => import("./verbs/console.ts") },
  { name: "down", summary: "stop what sluice up started", load: () => import("./verbs/down.ts") },
  {
    name: "deploy",
    summary: "deploy a directory to hosts, or an AppSpec to an ECS service",
    load: () => import("./verbs/deploy.ts"),
  },
  { name: "plan", summary: "check a deployment without changing anything", load: () => import("./verbs/plan.ts") },
  {
    name: "init",
    summary: "write a first AppSpec, with scripts, for the project in a directory",
    load: () => import("./verbs/init.ts"),
  },
  {
    name: "lint",
    summary: "check an AppSpec, and the bundle around it, without a server",
    load: () => import("./verbs/lint.ts"),
  },
  {
    name: "status",
    summary: "show what waits for you, what is being deployed and what runs, or one deployment",
    load: () => import("./verbs/status.ts"),
  },
  { name: "watch", summary: "follow a deployment until it ends", load: () => import("./verbs/watch.ts") },
  {
    name: "logs",
    summary: "print the output of a deployment's scripts, or of an ECS service's containers",
    load: () => import("./verbs/logs.ts"),
  },
  {
    name: "failures",
    summary: "print why hosts failed, those together whose logs say the same",
    load: () => import("./verbs/failures.ts"),
  },
  {
    name: "continue",
    summary: "continue a blue/green deployment that is waiting",
    load: () => import("./verbs/continue.ts"),
  },
  {
    name: "shift",
    summary: "let the traffic of a deployment to ECS or Lambda on, or hold it",
    load: () => import("./verbs/shift.ts"),
  },
  { name: "stop", summary: "stop a deployment", load: () => import("./verbs/stop.ts") },
  {
    name: "rollback",
    summary: "deploy the last successful revision again, or that of a named deployment",
    load: () => import("./verbs/rollback.ts"),
  },
  {
    name: "restart",
    summary: "stop and start the application on a group's hosts, installing nothing",
    load: () => import("./verbs/restart.ts"),
  },
  {
    name: "diff",
    summary: "compare two deployments, or two revisions",
    load: () => import("./verbs/diff.ts"),
  },
  { name: "ack", summary: "list and acknowledge groups that were rolled back", load: () => import("./verbs/ack.ts") },
  {
    name: "triggers",
    summary: "list, replay and test the messages of triggers",
    load: () => import("./verbs/triggers.ts"),
  },
  {
    name: "applications",
    summary: "list, show, create, rename and delete applications",
    load: () => import("./verbs/applications.ts"),
  },
  {
    name: "configs",
    summary: "list, show, create and delete deployment configurations",
    load: () => import("./verbs/configs.ts"),
  },
  {
    name: "deployments",
    summary: "search and show deployments and their targets",
    load: () => import("./verbs/deployments.ts"),
  },
  {
    name: "groups",
    summary: "list, show, create, change and delete deployment groups",
    load: () => import("./verbs/groups.ts"),
  },
  {
    name: "revisions",
    summary: "list what can be deployed from the server's buckets, and upload to them",
    load: () => import("./verbs/revisions.ts"),
  },
  {
    name: "resources",
    summary: "list the services, balancers and functions of this server that groups can name",
    load: () => import("./verbs/resources.ts"),
  },
  { name: "hosts", summary: "list, show, tag, declare and remove hosts", load: () => import("./verbs/hosts.ts") },
  {
    name: "agents",
    summary: "list the hosts' agents and their versions, and upgrade them",
    load: () => import("./verbs/agents.ts"),
  },
  {
    name: "prune",
    summary: "remove deployments that are older than their retention",
    load: () => import("./verbs/prune.ts"),
  },
  {
    name: "token",
    summary: "create, list and revoke tokens that hosts enrol with",
    load: () => import("./verbs/token.ts"),
  },
  {
    name: "keys",
    summary: "create, list, rotate, disable and delete access keys, and explain what they may do",
    load: () => import("./verbs/keys.ts"),
  },
  {
    name: "audit",
    summary: "list who called what, and which calls were refused",
    load: () => import("./verbs/audit.ts"),
  },
  {
    name: "policies",
    summary: "list, show, put, delete and check the policies of users and roles",
    load: () => import("./verbs/policies.ts"),
  },
  {
    name: "users",
    summary: "list, show and delete users, and attach and detach their policies",
    load: () => import("./verbs/users.ts"),
  },
  {
    name: "roles",
    summary: "list, show, put and delete roles, which AssumeRole gives for a time",
    load: () => import("./verbs/roles.ts"),
  },
  {
    name: "github-tokens",
    summary: "store, list and delete tokens with which the server downloads private GitHub revisions",
    load: () => import("./verbs/github-tokens.ts"),
  },
  {
    name: "env",
    summary: "print the environment that points AWS tools at a server",
    load: () => import("./verbs/env.ts"),
  },
  { name: "backup", summary: "back up a running server to a file", load: () => import("./verbs/backup.ts") },
  {
    name: "restore",
    summary: "restore a backup into a new data directory",
    load: () => import("./verbs/restore.ts"),
  },
  { name: "server", summary: "run the control plane", load: () => import("./verbs/server.ts"), isService: true },
  AGENT_VERB,
  LOCAL_VERB,
  {
    name: "doctor",
    summary: "check the connection to the server, the server, or the agent of this host",
    load: () => import("./verbs/doctor.ts"),
  },
  {
    name: "completion",
    summary: "print a completion script for bash, zsh or fish",
    load: async () => (await import("./verbs/completion.ts")).completionOf(VERBS),
  },
  { name: "version", summary: "print the version", load: () => import("./verbs/version.ts") },
];
