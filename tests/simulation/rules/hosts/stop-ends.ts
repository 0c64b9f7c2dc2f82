import type { TargetState } from "@sluice/engine/state.ts";
import { isTrafficEvent } from "@sluice/model/lifecycle-event.ts";
import { RULES } from "../../violation.ts";
import { isPastReturn, type Watched, type WatcherParts } from "../../watched.ts";

/** What hosts that run an event have to report how it ended. */
const GRACE_MILLISECONDS = 60_000;
/** Each gap in the server's hearing puts that off by the gap, by the 15 s in which hosts come back, and by what the proof of hearing takes. */
const AFTER_EACH_GAP_MILLISECONDS = 30_000;
/** To decide and to write it down. */
const DECISION_MILLISECONDS = 10_000;
/** The balancer is the server's to ask: nobody has to report what becomes of its events. */
const TRAFFIC_MILLISECONDS = 5_000;

/** A deployment that was stopped and is under way still. */
export function checkStopEnds(parts: WatcherParts, { id, head, targets }: Watched): void {
  const { stopRequestedAt } = head;
  const server = parts.server();
  if (stopRequestedAt === null || !server || server.isDead || isPastReturn(head)) return;
  const from = Math.max(stopRequestedAt, server.upSince, parts.lastOutsideFaultAt());
  const troubled = parts.door.troubledMilliseconds(from, AFTER_EACH_GAP_MILLISECONDS);
  // A server that starts has to hear its hosts first.
  const start = server.upSince > stopRequestedAt ? AFTER_EACH_GAP_MILLISECONDS : 0;
  const age = parts.now() - from - troubled - start;
  if (age > GRACE_MILLISECONDS + DECISION_MILLISECONDS) {
    parts.onViolation(RULES.stopEnds, id, `is under way ${age} ms after its stop`);
  }
  const atBalancer = [...targets.values()].find(({ command }) => command !== null && isTrafficEvent(command.event));
  if (atBalancer && parts.now() - from > TRAFFIC_MILLISECONDS) {
    parts.onViolation(RULES.stopEnds, id, `waits for the balancer of ${atBalancer.targetId} after its stop`);
  }
}

/** An event of which it is said that its outcome was not reported. */
export function checkUnreported(parts: WatcherParts, watched: Watched, before: TargetState, after: TargetState): void {
  const { command, targetId } = before;
  const event = after.lifecycleEvents.find(({ name }) => name === command?.event);
  if (!command || event?.status !== "Unknown") return;
  const { id, head } = watched;
  const violated = (message: string) =>
    parts.onViolation(RULES.stopEnds, id, `${targetId}: ${command.event} ${message}`);
  const since = head.halt === "timeout" ? (head.haltedAt ?? null) : head.stopRequestedAt;
  if (since === null) {
    violated("is given up, and nobody had stopped the deployment");
    return;
  }
  const reachable = parts.outages.reachableMilliseconds(since);
  if (reachable < GRACE_MILLISECONDS) violated(`is given up after ${reachable} ms of ${GRACE_MILLISECONDS}`);
  if (isTrafficEvent(command.event)) violated("is the balancer's, and is said to have had no report");
  if (after.status !== "Failed" || after.agentIssue) violated(`leaves the host ${after.status}, and blames its agent`);
}
