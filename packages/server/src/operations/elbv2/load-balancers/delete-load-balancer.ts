import type { DeleteLoadBalancerInput, DeleteLoadBalancerOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { removeLoadBalancer } from "../../../store/elb/load-balancers.ts";
import { changeBalancing, tellBalancer } from "../change-balancing.ts";
import { checkArn } from "../checks/found.ts";
import { required } from "../checks/members.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";

/** With its listeners and rules. One that does not exist is a success, as with AWS. */
export const deleteLoadBalancer: Elbv2Operation<DeleteLoadBalancerInput, DeleteLoadBalancerOutput> = async (
  input,
  context,
) => {
  const arn = checkArn("loadbalancer", required(input.LoadBalancerArn, "LoadBalancerArn"));
  await changeBalancing(context, async ({ loadBalancers }, db) => {
    const loadBalancer = loadBalancers.find((one) => one.arn === arn);
    if (loadBalancer?.attributes["deletion_protection.enabled"] === "true") {
      throw new CallerFault(
        "OperationNotPermitted",
        `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
      );
    }
    await removeLoadBalancer(db, arn);
  });
  await tellBalancer(context);
  return {};
};
