import { isLifecycleEventName, type LifecycleEventName } from "./lifecycle-event.ts";

/**
 * Which event of which deployment a host command stands for. The API's HostCommandIdentifier is this, written down: it derives from
 * state, so every server that reads the same state gives the same command the same name. `offer` tells the poll answers apart by
 * which one command was handed out several times.
 */
export interface HostCommandKey {
  readonly deploymentId: string;
  readonly event: LifecycleEventName;
  readonly attempt: number;
  readonly offer: string;
  readonly targetId: string;
}

const SEPARATOR = ":";

export function formatHostCommandIdentifier(key: HostCommandKey): string {
  return [key.deploymentId, key.event, key.attempt, key.offer, key.targetId].join(SEPARATOR);
}

/** Null when the text is no identifier of ours. The target id comes last, since an on-premises name is the caller's choice. */
export function parseHostCommandIdentifier(text: string): HostCommandKey | null {
  const [deploymentId, event, attemptText, offer, ...rest] = text.split(SEPARATOR);
  const targetId = rest.join(SEPARATOR);
  const attempt = Number(attemptText);
  if (!deploymentId || !event || !offer || !targetId) return null;
  if (!isLifecycleEventName(event) || !Number.isSafeInteger(attempt) || attempt < 1) return null;
  return { deploymentId, event, attempt, offer, targetId };
}
