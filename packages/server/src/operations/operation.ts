import type { ServiceLimits } from "@sluice/model/service-limits.ts";
import type { Principal } from "../access/principal.ts";
import type { KeyOwner } from "../store/access-keys.ts";
import type { Store } from "../store/open-store.ts";
import type { PageTokens } from "./page-tokens.ts";

/** What an operation has at hand besides its input. Composed once, in compose.ts; the principal is the call's own. */
export interface OperationContext {
  readonly store: Store;
  /** Epoch milliseconds. The only clock that operations may read. */
  readonly now: () => number;
  readonly accountId: string;
  readonly region: string;
  /** `length` characters drawn uniformly from `alphabet`. The only randomness that operations may use. */
  readonly randomText: (alphabet: string, length: number) => string;
  readonly randomUuid: () => string;
  /** The host, function or key was removed: its keys open nothing from now on, and what is held open for them ends. Called after the commit. */
  readonly forgetKeys: (owner: KeyOwner) => void;
  /** Of all listings. */
  readonly pageTokens: PageTokens;
  /** As sluice.yml has them. */
  readonly limits: ServiceLimits;
  readonly principal: Principal;
}

/** One API action: typed input in, typed output out, CallerFault thrown for what the caller can mend. */
export type Operation<Input, Output, Context = OperationContext> = (input: Input, context: Context) => Promise<Output>;
