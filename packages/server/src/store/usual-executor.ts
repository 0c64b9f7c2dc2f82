import type { Executor } from "@sluice/engine/planned-event.ts";
import { isTrafficEvent, type LifecycleEventName } from "@sluice/model/lifecycle-event.ts";

/**
 * Who runs an event of which it is not written: who ran it when there were only hosts, which is still so of nearly all events. What is
 * written stays readable for ever: the answer for a name never changes.
 */
export function usualExecutor(event: LifecycleEventName): Executor {
  return isTrafficEvent(event) ? "balancer" : "agent";
}
