/** One message about a deployment or one of its instances, ready to be sent. */
export interface Notification {
  /** The same for every attempt to send it, so that a receiver can tell repetitions. */
  readonly notificationId: string;
  /** `DeploymentStart`, `InstanceFailure`, … (TriggerEventType). */
  readonly eventType: string;
  readonly triggerName: string;
  /** The topic's ARN, or what a binding maps to a webhook. */
  readonly target: string;
  readonly subject: string;
  /** The JSON document, to the letter as CodeDeploy sends it to SNS. */
  readonly body: string;
}

/** `retry`: not taken now (unreachable, busy, 5xx). `refused`: will never be taken as it is (no such topic, 4xx). */
export type DeliveryOutcome =
  | { readonly outcome: "delivered" }
  | { readonly outcome: "retry"; readonly reason: string }
  | { readonly outcome: "refused"; readonly reason: string };

/** The port to whoever wants to be told. At least once: a receiver may see a notification again under the same id. */
export interface Notifier {
  deliver(notification: Notification, signal: AbortSignal): Promise<DeliveryOutcome>;
}
