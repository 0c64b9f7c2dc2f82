import type { Action } from "./action.ts";
import type { Identity } from "./identity.ts";

/** Who is calling, after the signature was verified. */
export interface Principal {
  /** `user`: a user, or a session of a role; `server`: this server itself, with its own heartbeat. */
  readonly role: "root" | "read-only" | "host" | "function" | "server" | "user";
  readonly accessKeyId: string;
  /** The host that a key of role `host` belongs to. */
  readonly hostId: string | null;
  /** The function that a key of role `function` belongs to. */
  readonly functionName?: string | null;
  /** Whose key of role `user` it is, and by which policies it acts. */
  readonly identity?: Identity;
  /** Of a temporary key: the key from which it descends, whose budget it spends. */
  readonly sourceAccessKeyId?: string;
  /** The call, as conditions of policies ask for it; absent: nobody calls, or it does not matter. */
  readonly call?: CallFacts;
  /** The console's session that the call came by; absent: it was signed. */
  readonly sessionId?: string;
  /** What the key may do beside what its role may, as sluice.yml gives it to the function's Role. */
  readonly grantedActions?: ReadonlySet<Action>;
}

export interface CallFacts {
  /** An IP address; undefined: the connection is gone already. */
  readonly sourceAddress: string | undefined;
  readonly isSecure: boolean;
  readonly userAgent: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly region: string;
}
