import type { DescribeListenersInput, DescribeListenersOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { readBalancingRows } from "../../../store/elb/balancing-rows.ts";
import { checkArn, notFound, requireLoadBalancer } from "../checks/found.ts";
import { invalid } from "../checks/members.ts";
import { pageOf } from "../checks/paging.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { listenerView } from "../views/listener-view.ts";

export const describeListeners: Elbv2Operation<DescribeListenersInput, DescribeListenersOutput> = async (
  input,
  context,
) => {
  const { ListenerArns: arns = [], LoadBalancerArn } = input;
  if (arns.length === 0 && LoadBalancerArn === undefined) {
    throw invalid("You must specify either listener ARNs or a load balancer ARN");
  }
  const rows = await readBalancingRows(context.store.db);
  if (LoadBalancerArn !== undefined) requireLoadBalancer(rows, LoadBalancerArn);
  const missing = arns.filter((arn) => !rows.listeners.some((listener) => listener.arn === checkArn("listener", arn)));
  if (missing.length > 0) throw notFound("listener", missing);
  const asked = rows.listeners.filter(
    ({ arn, loadBalancerArn }) =>
      (arns.length === 0 || arns.includes(arn)) &&
      (LoadBalancerArn === undefined || loadBalancerArn === LoadBalancerArn),
  );
  const { items, NextMarker } = pageOf("DescribeListeners", asked, ({ arn }) => arn, input, context);
  return { Listeners: items.map(listenerView), NextMarker };
};
