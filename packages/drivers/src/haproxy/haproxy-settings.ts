import * as v from "valibot";
import { parseRuntimeSocket, type RuntimeSocket } from "../haproxy-runtime/runtime-socket.ts";
import { numberWithin, settings, text } from "../settings-schema.ts";
import { isHaproxyName, type NameMappings } from "./server-lookup.ts";

/** As long as an AWS target group waits by default before it takes a deregistered target's connections away. */
export const DEFAULT_DRAIN_SECONDS = 300;
/** The longest time for which AWS lets a target group wait. */
export const MAX_DRAIN_SECONDS = 3600;
/** Long enough for services that take minutes to warm up, and short enough for somebody to wait for it. */
export const DEFAULT_HEALTHY_SECONDS = 300;
/** A deployment gives a host up by then itself, without knowing as well why. */
export const MAX_HEALTHY_SECONDS = 900;

/** What the settings mean. */
export interface HaproxyBalancers extends NameMappings {
  readonly sockets: readonly RuntimeSocket[];
  readonly drainMilliseconds: number;
  readonly healthyMilliseconds: number;
}

/** As sluice.yml has them. Lists are separated by spaces or commas. */
export const HAPROXY_SETTINGS = settings({
  /** `/run/haproxy/admin.sock 10.0.0.5:9999`: each a socket of `level admin`; all balance the same hosts. */
  sockets: text(
    "the runtime sockets of the balancers, such as /run/haproxy/admin.sock or 10.0.0.5:9999",
    socketsProblem,
  ),
  /** One that is left out keeps its name. */
  backends: v.optional(
    text("backends by target group or load balancer, such as my-target-group=web", (names) =>
      mappingProblem(names, "backend"),
    ),
  ),
  /** One that is left out is found by its name, its id or its address. */
  servers: v.optional(
    text("servers by host name or id, such as host-1=s1", (names) => mappingProblem(names, "server")),
  ),
  /** {@link DEFAULT_DRAIN_SECONDS} when absent. */
  drainSeconds: v.optional(
    numberWithin(
      0,
      MAX_DRAIN_SECONDS,
      "how many seconds requests in flight may take to end before the host is taken out anyway",
    ),
  ),
  /** {@link DEFAULT_HEALTHY_SECONDS} when absent. */
  healthySeconds: v.optional(
    numberWithin(1, MAX_HEALTHY_SECONDS, "how many seconds a host may take to become healthy before it has failed"),
  ),
});

export type HaproxySettings = v.InferOutput<typeof HAPROXY_SETTINGS>;

/** Of settings that the schema has passed. */
export function readHaproxySettings(settings: HaproxySettings): HaproxyBalancers {
  return {
    sockets: words(settings.sockets).flatMap((word) => parseRuntimeSocket(word) ?? []),
    backends: readMapping(settings.backends ?? ""),
    servers: readMapping(settings.servers ?? ""),
    drainMilliseconds: (settings.drainSeconds ?? DEFAULT_DRAIN_SECONDS) * 1000,
    healthyMilliseconds: (settings.healthySeconds ?? DEFAULT_HEALTHY_SECONDS) * 1000,
  };
}

function socketsProblem(text: string): string | undefined {
  const names = words(text);
  if (names.length === 0) return "names no socket: give a path or HOST:PORT";
  const wrong = names.find((name) => parseRuntimeSocket(name) === undefined);
  if (wrong !== undefined) return `has "${wrong}": give the whole path of a UNIX socket, or HOST:PORT`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `has "${twice}" twice: name each balancer once`;
}

function mappingProblem(text: string, kind: "backend" | "server"): string | undefined {
  const seen = new Set<string>();
  for (const word of words(text)) {
    const [from, to] = splitPair(word);
    if (from === "" || to === "") return `has "${word}": write NAME=${kind.toUpperCase()}`;
    if (!isHaproxyName(to)) return `has "${to}", which no ${kind} of HAProxy can be called: use A-Z a-z 0-9 _ . : -`;
    if (seen.has(from)) return `has "${from}" twice: give it one ${kind}`;
    seen.add(from);
  }
  return undefined;
}

function readMapping(text: string): ReadonlyMap<string, string> {
  return new Map(words(text).map(splitPair));
}

/** At the last `=`, which no name of HAProxy's has. */
function splitPair(word: string): [from: string, to: string] {
  const at = word.lastIndexOf("=");
  return at < 0 ? ["", ""] : [word.slice(0, at), word.slice(at + 1)];
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}
