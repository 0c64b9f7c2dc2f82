import type { LocalBalancing } from "../../balancing/local-balancing.ts";
import type { Operation, OperationContext } from "../operation.ts";

/** Of operations on load balancers of our own, which there are only where sluice.yml binds a balancer. */
export interface Elbv2Context extends OperationContext {
  readonly balancing: LocalBalancing;
}

export type Elbv2Operation<Input, Output> = Operation<Input, Output, Elbv2Context>;
