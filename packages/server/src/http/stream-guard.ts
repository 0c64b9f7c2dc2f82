import { CallerFault } from "@sluice/model/caller-fault.ts";
import { authorize } from "../access/authorize.ts";
import type { Principal } from "../access/principal.ts";
import type { ConsoleSessions } from "../sessions/console-sessions.ts";
import { type AccessKeys, opensNow } from "../store/access-keys.ts";

export interface StreamGuardParts {
  readonly accessKeys: Pick<AccessKeys, "find">;
  readonly sessions: Pick<ConsoleSessions, "findAgain">;
  readonly now: () => number;
}

/**
 * Whether who opened an event stream may go on reading it: the key may have been disabled or deleted on another server or have expired, its policies
 * may have changed or hold for a time only, and a session may have ended.
 *
 * @param requireStill throws a CallerFault where the caller, as it is now, could not open the stream again
 */
export type StreamGuard = (
  principal: Principal,
  requireStill: (caller: Principal) => Promise<void>,
) => Promise<boolean>;

export function streamGuard({ accessKeys, sessions, now }: StreamGuardParts): StreamGuard {
  return async ({ accessKeyId, sessionId, grantedActions, call }, requireStill) => {
    const key = await accessKeys.find(accessKeyId);
    if (!key || !opensNow(key, now())) return false;
    // What sluice.yml gives to a function's Role is not with the key, and stays as long as the server runs.
    const caller = { ...key, ...(grantedActions && { grantedActions }), ...(call && { call: { ...call, at: now() } }) };
    if (authorize(caller, "sluice:StreamEvents", undefined) === "refused") return false;
    try {
      await requireStill(caller);
    } catch (error) {
      if (error instanceof CallerFault) return false;
      throw error;
    }
    return sessionId === undefined || (await sessions.findAgain(sessionId)) !== null;
  };
}
