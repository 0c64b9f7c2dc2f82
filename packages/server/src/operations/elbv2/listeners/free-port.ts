import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { BalancerPlace } from "../../../balancing/local-balancing.ts";
import type { BalancingRows } from "../../../store/elb/balancing-rows.ts";
import type { Listener } from "../../../store/elb/listeners.ts";

/** All load balancers share one address, so that a port is one listener's. */
export function checkPortFree(
  { arn, port, loadBalancerArn }: Pick<Listener, "arn" | "port" | "loadBalancerArn">,
  { listeners }: BalancingRows,
  { address }: BalancerPlace,
): void {
  const holder = listeners.find((listener) => listener.port === port && listener.arn !== arn);
  if (!holder) return;
  if (holder.loadBalancerArn === loadBalancerArn) {
    throw new CallerFault(
      "DuplicateListener",
      `A listener already exists on this port for this load balancer '${loadBalancerArn}'`,
    );
  }
  throw new CallerFault(
    "DuplicateListener",
    `The listener '${holder.arn}' of another load balancer has port ${port} already, and all load balancers listen on ${address}: choose another port.`,
  );
}
