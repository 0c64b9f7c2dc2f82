import type { LoadBalancerState } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Elbv2Context } from "../elbv2-context.ts";

/** All load balancers are one program, which serves or does not. */
export function loadBalancerState({ balancing }: Pick<Elbv2Context, "balancing">): LoadBalancerState {
  const { trouble } = balancing.loop;
  return trouble === "" ? { Code: "active" } : { Code: "failed", Reason: trouble };
}
