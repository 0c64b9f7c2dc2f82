import {
  ALLOW_EVENTS,
  BLOCK_EVENTS,
  IN_PLACE_EVENTS,
  isTrafficEvent,
  type LifecycleEventName,
  RESTART_EVENTS,
} from "@sluice/model/lifecycle-event.ts";
import type { PlannedEvent } from "../../planned-event.ts";

/** The events of hosts (codedeploy-semantics.md, section 3): their load balancers run two of them, their agents all others. */
export const DEPLOY_PLAN: readonly PlannedEvent[] = IN_PLACE_EVENTS.map(hostEvent);
export const BLOCK_PLAN: readonly PlannedEvent[] = BLOCK_EVENTS.map(hostEvent);
export const ALLOW_PLAN: readonly PlannedEvent[] = ALLOW_EVENTS.map(hostEvent);
/** Of a host that is restarted: what runs is stopped and started by its own scripts. */
export const RESTART_PLAN: readonly PlannedEvent[] = RESTART_EVENTS.map(hostEvent);
/** Before it, where the agent takes scripts from the deployment's own archive alone: nothing is stopped before that is there. */
export const COPY_ARCHIVE_PLAN: readonly PlannedEvent[] = [hostEvent("DownloadBundle")];
/** Of a replacement host, which waits for the deployment's leave before its traffic. */
export const ALLOW_WITH_LEAVE_PLAN: readonly PlannedEvent[] = ALLOW_PLAN.map((event, index) =>
  index === 0 ? { ...event, awaitsLeave: true } : event,
);

function hostEvent(name: LifecycleEventName): PlannedEvent {
  return { name, by: isTrafficEvent(name) ? "balancer" : "agent" };
}
