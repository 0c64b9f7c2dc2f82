import type { PoolCounts } from "./function-pool.ts";
import type { InvocationCounts } from "./invoke-function.ts";

/** What there is to count about functions, since the server started or now. */
export interface FunctionCounts {
  readonly invocations: Readonly<InvocationCounts>;
  readonly environments: PoolCounts;
}
