import type {
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { readLoadBalancers } from "../../../store/elb/load-balancers.ts";
import { checkArn, notFound } from "../checks/found.ts";
import { invalid } from "../checks/members.ts";
import { pageOf } from "../checks/paging.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { loadBalancerView } from "../views/load-balancer-view.ts";
import { loadBalancerState } from "./load-balancer-state.ts";

export const describeLoadBalancers: Elbv2Operation<DescribeLoadBalancersInput, DescribeLoadBalancersOutput> = async (
  input,
  context,
) => {
  const { LoadBalancerArns: arns = [], Names: names = [] } = input;
  if (arns.length > 0 && names.length > 0) {
    throw invalid("Load balancer names and load balancer ARNs cannot be specified at the same time");
  }
  const all = await readLoadBalancers(context.store.db);
  const missingArns = arns.filter((arn) => !all.some((one) => one.arn === checkArn("loadbalancer", arn)));
  if (missingArns.length > 0) throw notFound("loadbalancer", missingArns);
  const missingNames = names.filter((name) => !all.some((one) => one.name === name));
  if (missingNames.length > 0) {
    throw new CallerFault("LoadBalancerNotFound", `Load balancers '[${missingNames.join(", ")}]' not found`);
  }
  const isAsked = arns.length + names.length > 0;
  const asked = all.filter(({ arn, name }) => !isAsked || arns.includes(arn) || names.includes(name));
  const { items, NextMarker } = pageOf("DescribeLoadBalancers", asked, ({ name }) => name, input, context);
  const state = loadBalancerState(context);
  const { place } = context.balancing;
  return {
    LoadBalancers: items.map((loadBalancer) =>
      loadBalancerView(loadBalancer, { place, region: context.region, state }),
    ),
    NextMarker,
  };
};
