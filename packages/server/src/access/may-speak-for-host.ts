import { authorize } from "./authorize.ts";
import type { Principal } from "./principal.ts";

/** Whether the caller may act in the host's name: a host's own key for itself, the root key for any. `hostArn`: as the call named it. */
export function maySpeakForHost(principal: Principal, hostId: string, hostArn: string | undefined): boolean {
  const decision = authorize(principal, "sluice:SpeakForHost", hostArn);
  return decision === "allowed" || (decision === "own" && principal.hostId === hostId);
}
