import type { BalancerPlan, GroupPlan, ListenerPlan } from "@sluice/engine/ports/balancer.ts";
import { answerLines, MAX_FORWARD_GROUPS } from "./action-lines.ts";
import type { BalancerLayout } from "./balancer-layout.ts";
import { configWord, logFormatText, UnsupportedPlan } from "./config-word.ts";
import { backendName, digestOf, frontendName } from "./configured-names.ts";
import { ruleLines } from "./rule-lines.ts";
import { checkWords, serverWords, weightOf } from "./server-words.ts";
import { namedActions } from "./weights-map.ts";

/** What the configuration needs to know of where it runs. */
export interface ConfigPlace {
  /** Absolute. */
  readonly directory: string;
  /** To listen at: an IP address. `::` takes IPv4, too. */
  readonly address: string;
  /** Who the process becomes after it has bound its ports; null: it stays who it is. */
  readonly runAs: { readonly user: string; readonly group: string } | null;
  readonly threads: number;
  /** Path by the name that listeners use. */
  readonly certificates: ReadonlyMap<string, string>;
  /** What is in the certificates' files, digested: another content is another configuration. */
  readonly certificatesDigest: string;
}

export const FILE_NAMES = {
  config: "haproxy.cfg",
  weights: "weights.map",
  serverStates: "servers.state",
  workerSocket: "worker.sock",
  masterSocket: "master.sock",
  ownSocket: "none.sock",
  log: "haproxy.log",
  pid: "haproxy.pid",
  wish: "plan.json",
} as const;

/** Connections at a time, over all listeners. */
export const MAX_CONNECTIONS = 10_000;
/** How long a process that was replaced keeps the connections that it has. */
export const OLD_PROCESS_HOURS = 24;
/** As ELBv2's balancers have them by default. */
export const IDLE_SECONDS = 60;
export const TCP_IDLE_SECONDS = 350;
/** Short, because a replaced process answers one more request of each connection by what it knew. */
export const KEEP_ALIVE_SECONDS = 15;
/** Of WebSockets and what else was upgraded. */
export const TUNNEL_HOURS = 1;
export const CONNECT_SECONDS = 5;
const CLOSING_SECONDS = 30;

const CHECKED_STATUSES = /^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/;

export interface BalancerConfig {
  readonly text: string;
  /** Differs when only a reload brings a running process from one to the other. In its text it is the `description`. */
  readonly digest: string;
}

/** Throws an {@link UnsupportedPlan}. */
export function balancerConfig(plan: BalancerPlan, layout: BalancerLayout, place: ConfigPlace): BalancerConfig {
  // Servers come and go, and weights change, in a running process; how a server is checked does not.
  const lasting = configText(plan, { servers: [], generation: 0 }, place, "");
  const checks = JSON.stringify(plan.groups.map(({ healthCheck }) => healthCheck && checkWords(healthCheck)));
  const digest = digestOf(`${lasting}${place.certificatesDigest}${checks}`);
  return { text: configText(plan, layout, place, digest), digest };
}

function configText(plan: BalancerPlan, layout: BalancerLayout, place: ConfigPlace, digest: string): string {
  const path = (name: string) => configWord(`${place.directory}/${name}`, "the data directory");
  const groups = new Map(plan.groups.map((group) => [group.groupId, group]));
  const lines = [
    "# Written by Sluice: do not edit.",
    "global",
    `  description ${digest}`,
    `  stats socket ${path(FILE_NAMES.workerSocket)} mode 600 level admin expose-fd listeners`,
    "  stats maxconn 100",
    "  stats timeout 1m",
    `  server-state-file ${path(FILE_NAMES.serverStates)}`,
    `  maxconn ${MAX_CONNECTIONS}`,
    "  no strict-limits",
    `  nbthread ${place.threads}`,
    `  hard-stop-after ${OLD_PROCESS_HOURS}h`,
    "  ssl-default-bind-options ssl-min-ver TLSv1.2",
    ...(place.runAs ? [`  user ${place.runAs.user}`, `  group ${place.runAs.group}`] : []),
    "defaults",
    "  mode http",
    "  load-server-state-from-file global",
    `  timeout connect ${CONNECT_SECONDS}s`,
    `  timeout client ${IDLE_SECONDS}s`,
    `  timeout server ${IDLE_SECONDS}s`,
    `  timeout http-request ${IDLE_SECONDS}s`,
    `  timeout http-keep-alive ${KEEP_ALIVE_SECONDS}s`,
    `  timeout tunnel ${TUNNEL_HOURS}h`,
    // Of a connection that one side has closed: else it counts as open for as long as a tunnel may be silent.
    `  timeout client-fin ${CLOSING_SECONDS}s`,
    `  timeout server-fin ${CLOSING_SECONDS}s`,
    "  timeout queue 10s",
    "  retries 3",
    "  option redispatch 1",
    // Else a kept connection of a client is cut by a reload between two requests, which the client may be sending.
    "  option idle-close-on-response",
    // HAProxy does not start without a listener.
    "frontend none",
    `  bind unix@${path(FILE_NAMES.ownSocket)} mode 600`,
    "  http-request return status 404",
    ...plan.listeners.flatMap((listener) => listenerLines(listener, groups, place, path)),
    "backend unavailable",
    "  http-request return status 503",
    ...plan.groups.flatMap((group) => groupLines(group, layout)),
  ];
  return `${lines.join("\n")}\n`;
}

function listenerLines(
  listener: ListenerPlan,
  groups: ReadonlyMap<string, GroupPlan>,
  place: ConfigPlace,
  path: (name: string) => string,
): readonly string[] {
  const { listenerId, protocol, port, rules } = listener;
  checkGroups(listener, groups);
  const name = frontendName(listenerId);
  const actions = namedActions(listener);
  const weighed = weighingLines(listener, path(FILE_NAMES.weights));
  const head = [`frontend ${name}`, `  bind ${bindAddress(place.address, port)}${tlsWords(listener, place)}`];
  if (protocol === "tcp") {
    const idle = [`  timeout client ${TCP_IDLE_SECONDS}s`];
    const chosen = [`set-var(txn.action) str(${actions[0]![0]})`, ...weighed, "reject if !{ var(txn.group) -m found }"];
    const lines = chosen.map((line) => `  tcp-request content ${line}`);
    return [...head, "  mode tcp", ...idle, ...lines, "  use_backend %[var(txn.group)]"];
  }
  const choices = actions.flatMap(([action], index) => {
    const rule = rules[index];
    const { lines, names } = rule ? ruleLines(name, rule) : { lines: [], names: [] };
    const unless = index === 0 ? [] : ["!{ var(txn.action) -m found }"];
    const conditions = [...unless, ...names];
    const suffix = conditions.length === 0 ? "" : ` if ${conditions.join(" ")}`;
    return [...lines, `  http-request set-var(txn.action) str(${action})${suffix}`];
  });
  const answers = actions.flatMap(([action, wanted]) =>
    wanted.kind === "forward"
      ? []
      : answerLines(listener, action, wanted, (fileName) => `${place.directory}/${fileName}`),
  );
  return [
    ...head,
    "  option forwardfor",
    `  http-request set-header X-Forwarded-Proto ${protocol}`,
    `  http-request set-header X-Forwarded-Port ${port}`,
    // What was sent to a server that then fell silent is sent to another one only where that does no harm.
    "  http-request disable-l7-retry if !METH_GET !METH_OPTIONS",
    ...choices,
    ...answers,
    ...weighed.map((line) => `  http-request ${line}`),
    "  use_backend %[var(txn.group)] if { var(txn.group) -m found }",
    "  default_backend unavailable",
  ];
}

/** See `weights-map.ts`. Two groups' worth at least, so that a shift between two needs no reload. */
function weighingLines(listener: ListenerPlan, map: string): readonly string[] {
  const counts = namedActions(listener).map(([, action]) => (action.kind === "forward" ? action.groups.length : 0));
  const positions = Array.from({ length: Math.max(2, ...counts) }, (_, index) => index);
  return [
    `set-var(txn.split) var(txn.action),map(${map})`,
    "set-var(txn.random) rand(1000000)",
    ...positions.flatMap((position) => [
      `set-var(txn.until) var(txn.split),word(${2 * position + 1},:),add(0)`,
      `set-var(txn.group) var(txn.split),word(${2 * position + 2},:) if !{ var(txn.group) -m found } { var(txn.random),sub(txn.until) -m int lt 0 }`,
    ]),
  ];
}

function checkGroups(
  { listenerId, protocol, rules, defaultAction }: ListenerPlan,
  groups: ReadonlyMap<string, GroupPlan>,
) {
  for (const action of [defaultAction, ...rules.map((rule) => rule.action)]) {
    if (action.kind !== "forward") continue;
    if (action.groups.length > MAX_FORWARD_GROUPS) {
      throw new UnsupportedPlan(
        `the listener ${listenerId} forwards to ${action.groups.length} target groups: use at most ${MAX_FORWARD_GROUPS}`,
      );
    }
    for (const { groupId } of action.groups) {
      const kind = groups.get(groupId)?.protocol;
      if ((kind === "tcp") === (protocol === "tcp")) continue;
      throw new UnsupportedPlan(
        `the listener ${listenerId} is ${protocol} and forwards to ${groupId}, which is ${kind}`,
      );
    }
  }
}

function bindAddress(address: string, port: number): string {
  if (address === "::") return `ipv6@[::]:${port} v4v6`;
  return address.includes(":") ? `ipv6@[${address}]:${port}` : `${address}:${port}`;
}

function tlsWords({ protocol, certificate, listenerId }: ListenerPlan, { certificates }: ConfigPlace): string {
  if (protocol !== "https") return "";
  const path = certificates.get(certificate ?? "");
  if (path === undefined)
    throw new UnsupportedPlan(`the listener ${listenerId} has the certificate ${certificate}, which no setting names`);
  return ` ssl crt ${configWord(path, "the path of a certificate")} alpn h2,http/1.1`;
}

function groupLines(group: GroupPlan, layout: BalancerLayout): readonly string[] {
  const { groupId, protocol, healthCheck, sentHeader } = group;
  const servers = layout.servers.filter((server) => server.groupId === groupId);
  return [
    `backend ${backendName(groupId)}`,
    `  mode ${protocol}`,
    "  balance roundrobin",
    ...(protocol === "http" ? ["  retry-on conn-failure empty-response"] : [`  timeout server ${TCP_IDLE_SECONDS}s`]),
    ...(sentHeader
      ? [
          `  http-request set-header ${sentHeader.name} ${configWord(logFormatText(sentHeader.value), "a header's value")}`,
        ]
      : []),
    ...checkLines(group),
    ...servers.map(
      (server) => `  server ${server.name} ${serverWords(server, healthCheck)} weight ${weightOf(server)}`,
    ),
  ];
}

function checkLines({ groupId, healthCheck, sentHeader }: GroupPlan): readonly string[] {
  if (!healthCheck) return [];
  const { protocol, path, matcher, timeoutSeconds } = healthCheck;
  const time = `  timeout check ${timeoutSeconds}s`;
  if (protocol === "tcp") return ["  option tcp-check", time];
  if (!/^\/\S*$/.test(path)) {
    throw new UnsupportedPlan(
      `the health check of ${groupId} has the path ${JSON.stringify(path)}: begin it with /, without spaces`,
    );
  }
  if (!CHECKED_STATUSES.test(matcher)) {
    throw new UnsupportedPlan(
      `the health check of ${groupId} has the matcher ${JSON.stringify(matcher)}: use 200, 200-299 or 200,302`,
    );
  }
  const uri = configWord(path, `the health check's path of ${groupId}`);
  const header = sentHeader
    ? ` hdr ${sentHeader.name} ${configWord(logFormatText(sentHeader.value), "a header's value")}`
    : "";
  return [
    "  option httpchk",
    `  http-check send meth GET uri ${uri} ver HTTP/1.1 hdr Host localhost hdr User-Agent ELB-HealthChecker/2.0${header}`,
    `  http-check expect status ${matcher}`,
    time,
  ];
}
