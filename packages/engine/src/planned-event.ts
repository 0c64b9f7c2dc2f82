import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";

/**
 * Who carries a lifecycle event out. `agent`: the agent of the target's host, which is offered it as a command. `balancer`: the load
 * balancers, which the server asks. `platform`: what runs the target (ECS, Lambda), which the server asks. `hook`: a function that the
 * server invokes, and that answers by itself.
 */
export type Executor = "agent" | "balancer" | "platform" | "hook";

/** One lifecycle event of a target, as its deployment starts. */
export interface PlannedEvent {
  readonly name: LifecycleEventName;
  readonly by: Executor;
  /** The target is Ready before this event, until the deployment offers it; everything before and after goes on by itself. */
  readonly awaitsLeave?: true | undefined;
}
