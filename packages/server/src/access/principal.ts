import type { Action } from "./action.ts";

/** Who is calling, after the signature was verified. */
export interface Principal {
  /** `server`: this server itself, with its own heartbeat. */
  readonly role: "root" | "read-only" | "host" | "function" | "server" | "user";
  readonly accessKeyId: string;
  /** The host that a key of role `host` belongs to. */
  readonly hostId: string | null;
  /** The function that a key of role `function` belongs to. */
  readonly functionName?: string | null;
  /** The console's session that the call came by; absent: it was signed. */
  readonly sessionId?: string;
  /** What the key may do beside what its role may, as sluice.yml gives it to the function's Role. */
  readonly grantedActions?: ReadonlySet<Action>;
}
