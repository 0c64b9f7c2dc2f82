import type { TriggerEventType } from "@aws-sdk/client-codedeploy";
import { ROLLBACK_CREATOR } from "@sluice/engine/rollback.ts";
import type { RecordedEvent } from "../store/events.ts";

/** The types that tell of one host; the others tell of the deployment. */
export type InstanceEventType = Extract<TriggerEventType, `Instance${string}`>;
export type DeploymentEventType = Exclude<TriggerEventType, InstanceEventType>;

/** What of the stream makes a message, by the events' names there. */
const DEPLOYMENT_EVENTS: Readonly<Record<string, DeploymentEventType>> = {
  deploymentStarted: "DeploymentStart",
  deploymentSucceeded: "DeploymentSuccess",
  deploymentFailed: "DeploymentFailure",
  deploymentStopped: "DeploymentStop",
  readyWaitStarted: "DeploymentReady",
};
const INSTANCE_EVENTS: Readonly<Record<string, InstanceEventType>> = {
  // Each lifecycle event is offered; only the host's first one starts it.
  commandOffered: "InstanceStart",
  targetReady: "InstanceReady",
  targetSucceeded: "InstanceSuccess",
  targetFailed: "InstanceFailure",
};

/** Whether an event could make a message at all, before anything is known of its deployment. */
export function mayNotify({ type, sequence }: RecordedEvent): boolean {
  return sequence === 1 || Object.hasOwn(DEPLOYMENT_EVENTS, type) || Object.hasOwn(INSTANCE_EVENTS, type);
}

/**
 * What an event means to triggers, in the order in which they are told. A rollback is one from its very first event, whatever that
 * is, so that one which fails at once was still announced as the rollback that it is.
 */
export function deploymentEventTypes(event: RecordedEvent, creator: string): readonly DeploymentEventType[] {
  const type = DEPLOYMENT_EVENTS[event.type];
  const isRollback = event.sequence === 1 && creator === ROLLBACK_CREATOR;
  return [...(isRollback ? (["DeploymentRollback"] as const) : []), ...(type ? [type] : [])];
}

export function instanceEventType({ type }: RecordedEvent): InstanceEventType | undefined {
  return INSTANCE_EVENTS[type];
}

export function isInstanceEventType(type: TriggerEventType): type is InstanceEventType {
  return type.startsWith("Instance");
}
