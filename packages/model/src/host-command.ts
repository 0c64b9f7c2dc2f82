import { isLifecycleEventName, type LifecycleEventName } from "./lifecycle-event.ts";
import { MAX_HOST_COMMAND_IDENTIFIER_CHARACTERS } from "./limits.ts";

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

/** How a command's offers are told apart: random letters and digits. */
const OFFER = /^[A-Za-z0-9]{1,32}$/;

/** Null when the text is not an identifier of ours. The target id comes last, since an on-premises name is the caller's choice. */
export function parseHostCommandIdentifier(text: string): HostCommandKey | null {
  if (text.length > MAX_HOST_COMMAND_IDENTIFIER_CHARACTERS) return null;
  const [deploymentId, event, attemptText, offer, ...rest] = text.split(SEPARATOR);
  const targetId = rest.join(SEPARATOR);
  const attempt = /^\d{1,9}$/.test(attemptText ?? "") ? Number(attemptText) : 0;
  if (!deploymentId || !event || !offer || !targetId || !OFFER.test(offer)) return null;
  if (!isLifecycleEventName(event) || attempt < 1) return null;
  return { deploymentId, event, attempt, offer, targetId };
}
