import type { DescribeTargetGroupsInput, DescribeTargetGroupsOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { balancersOfGroups, readBalancingRows } from "../../../store/elb/balancing-rows.ts";
import { checkArn, notFound, requireLoadBalancer } from "../checks/found.ts";
import { invalid } from "../checks/members.ts";
import { pageOf } from "../checks/paging.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { targetGroupView } from "../views/target-group-view.ts";

export const describeTargetGroups: Elbv2Operation<DescribeTargetGroupsInput, DescribeTargetGroupsOutput> = async (
  input,
  context,
) => {
  const { TargetGroupArns: arns = [], Names: names = [], LoadBalancerArn } = input;
  const ways = [arns.length > 0, names.length > 0, LoadBalancerArn !== undefined].filter((isGiven) => isGiven);
  if (ways.length > 1) {
    throw invalid("Target group names, target group ARNs and a load balancer ARN cannot be specified at the same time");
  }
  const rows = await readBalancingRows(context.store.db);
  const missing = arns.filter((arn) => !rows.targetGroups.some((group) => group.arn === checkArn("targetgroup", arn)));
  if (missing.length > 0) throw notFound("targetgroup", missing);
  const missingNames = names.filter((name) => !rows.targetGroups.some((group) => group.name === name));
  if (missingNames.length > 0) {
    throw new CallerFault("TargetGroupNotFound", `One or more target groups not found: ${missingNames.join(", ")}`);
  }
  if (LoadBalancerArn !== undefined) requireLoadBalancer(rows, LoadBalancerArn);
  const balancers = balancersOfGroups(rows);
  const asked = rows.targetGroups.filter(
    ({ arn, name }) =>
      ways.length === 0 ||
      arns.includes(arn) ||
      names.includes(name) ||
      (LoadBalancerArn !== undefined && balancers.get(arn)?.has(LoadBalancerArn) === true),
  );
  const { items, NextMarker } = pageOf("DescribeTargetGroups", asked, ({ name }) => name, input, context);
  return {
    TargetGroups: items.map((group) => targetGroupView(group, [...(balancers.get(group.arn) ?? [])])),
    NextMarker,
  };
};
