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
 * may have changed, and a session may have ended.
 */
export function streamGuard({ accessKeys, sessions, now }: StreamGuardParts) {
  return async ({ accessKeyId, sessionId, grantedActions }: Principal): Promise<boolean> => {
    const key = await accessKeys.find(accessKeyId);
    if (!key || !opensNow(key, now())) return false;
    // What sluice.yml gives to a function's Role is not with the key, and stays as long as the server runs.
    const caller = grantedActions ? { ...key, grantedActions } : key;
    if (authorize(caller, "sluice:StreamEvents", undefined) === "refused") return false;
    return sessionId === undefined || (await sessions.findAgain(sessionId)) !== null;
  };
}
