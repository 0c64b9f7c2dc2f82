import type { HostTraffic } from "@sluice/engine/ports/traffic-router.ts";
import type { ServerState } from "../haproxy-runtime/balancer-state.ts";
import type { DesiredTraffic } from "./desired-traffic.ts";
import { isHaproxyName } from "./server-lookup.ts";

/**
 * What brings one server nearer to a wish. After a command the state is read and the next step decided anew: at once where the command
 * may have been the last, else when the caller asks again. The pause after a drain lets a request that had its server chosen a moment
 * before be counted.
 */
export type TrafficStep =
  | { readonly step: "done"; readonly detail?: string }
  | { readonly step: "wait"; readonly detail: string }
  | { readonly step: "giveUp"; readonly reason: string }
  | {
      readonly step: "command";
      readonly commands: readonly string[];
      readonly isLast: boolean;
      readonly detail: string;
    };

/** How long a server may drain, or become healthy; `remainingMilliseconds` is not above zero when that time has passed. */
export interface Patience {
  readonly limitMilliseconds: number;
  readonly remainingMilliseconds: number;
}

/**
 * Out: drain, until nothing is in flight or the time has passed; then maintenance, since a drained server still takes the requests of
 * clients that are pinned to it. What came in between the two is waited for as well.
 */
export function planBlock(server: ServerState, drain: Patience): TrafficStep {
  const isQuiet = server.sessions + server.queued === 0;
  const isOver = drain.remainingMilliseconds <= 0;
  if (!server.isForcedMaintenance && !server.isForcedDrain) return setState(server, "drain", "drains");
  if (!isQuiet && !isOver) return { step: "wait", detail: `${describeSessions(server)}, drains` };
  if (!server.isForcedMaintenance) return setState(server, "maint", "goes into maintenance");
  if (isQuiet) return { step: "done" };
  const seconds = drain.limitMilliseconds / 1000;
  return { step: "done", detail: `${describeSessions(server)} when the drain time of ${seconds} s had passed` };
}

/**
 * In: ready, and done when the health check says so. HAProxy takes a server that leaves maintenance for healthy until a check fails,
 * so that `ready` alone would send requests to a service that may not be there. It is therefore first drained and declared down:
 * checks run, no request goes there, and only checks that pass raise it. Then it is made ready.
 * @param patience absent: it is waited for without end
 */
export function planAllow(server: ServerState, patience?: Patience): TrafficStep {
  const step = stepIn(server);
  if (step.step !== "wait" || patience === undefined || patience.remainingMilliseconds > 0) return step;
  const seconds = patience.limitMilliseconds / 1000;
  return { step: "giveUp", reason: `not healthy within ${seconds} s (healthySeconds): ${step.detail}` };
}

function stepIn(server: ServerState): TrafficStep {
  const isProven = server.check !== "own" || !/INI$/.test(server.checkStatus);
  if (server.isForcedMaintenance) {
    switch (server.check) {
      case "none":
        return setState(server, "ready", "is made ready");
      case "other":
        return setState(server, "drain", "waits for its health");
      case "own": {
        const commands = [setServer(server, "state drain"), setServer(server, "health down")];
        return { step: "command", commands, isLast: false, detail: "waits for its health check" };
      }
    }
  }
  if (server.isForcedDrain) {
    if (server.check === "none" || (server.status === "DRAIN" && isProven))
      return setState(server, "ready", "is ready");
    return { step: "wait", detail: describeHealth(server) };
  }
  if (server.status === "no check")
    return { step: "done", detail: "no health check is configured, so it was not awaited" };
  if (server.status === "UP" && isProven) return { step: "done" };
  return { step: "wait", detail: describeHealth(server) };
}

/**
 * What a restarted balancer has to be told. A host that was blocked goes into maintenance at once: its service may be gone, so there
 * is nothing to drain for.
 */
export function planRestore(server: ServerState, wish: DesiredTraffic["wish"]): TrafficStep {
  switch (wish) {
    case "serving":
      return planAllow(server);
    case "draining":
      if (server.isForcedDrain || server.isForcedMaintenance) return { step: "done" };
      return setState(server, "drain", "drains again");
    case "blocked":
      return server.isForcedMaintenance ? { step: "done" } : setState(server, "maint", "is in maintenance again");
  }
}

/** What becomes of a server that is on its way when nobody asks again. */
export function describeIfLeft(place: string, server: ServerState, wish: "in" | "out", step: TrafficStep): string {
  const isDrained =
    step.step === "command" ? step.commands.some((command) => command.endsWith(" state drain")) : server.isForcedDrain;
  if (wish === "out") return `HAProxy keeps ${place} out: it gets no new requests, and its open sessions go on.`;
  if (isDrained) {
    return `HAProxy keeps ${place} in drain: it gets no requests until it is let in again, or HAProxy is restarted.`;
  }
  return `HAProxy sends requests to ${place} as soon as its health check passes.`;
}

/** For people and preflight. */
export function describeTraffic(server: ServerState): Omit<HostTraffic, "group"> {
  const sessions = describeSessions(server);
  if (server.status.startsWith("MAINT")) return { state: "blocked", detail: `${server.status}, ${sessions}` };
  if (server.status.startsWith("DOWN")) return { state: "unhealthy", detail: describeHealth(server) };
  if (server.isForcedDrain || server.status.startsWith("DRAIN")) return { state: "draining", detail: sessions };
  return { state: "serving", detail: `${server.status}, ${sessions}` };
}

/** `DOWN, last check: Layer7 wrong status (L7STS 503): Service Unavailable` */
function describeHealth({ status, checkReason }: ServerState): string {
  return checkReason === "" ? status : `${status}, last check: ${checkReason}`;
}

function describeSessions({ sessions, queued }: ServerState): string {
  const open = `${sessions} ${sessions === 1 ? "session" : "sessions"} open`;
  return queued === 0 ? open : `${open}, ${queued} queued`;
}

function setState(server: ServerState, state: "ready" | "drain" | "maint", detail: string): TrafficStep {
  return { step: "command", commands: [setServer(server, `state ${state}`)], isLast: state !== "drain", detail };
}

/** The one place where a name gets into a command. HAProxy has said these names itself; this holds even if it were someone else. */
export function setServer({ backend, server }: ServerState, what: string): string {
  if (!isHaproxyName(backend) || !isHaproxyName(server)) {
    throw new Error(`${JSON.stringify(`${backend}/${server}`)} cannot be a backend and a server of HAProxy`);
  }
  return `set server ${backend}/${server} ${what}`;
}
