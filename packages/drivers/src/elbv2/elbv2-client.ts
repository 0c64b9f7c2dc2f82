import {
  DeregisterTargetsCommand,
  type DeregisterTargetsCommandInput,
  DescribeListenersCommand,
  type DescribeListenersCommandInput,
  DescribeRulesCommand,
  type DescribeRulesCommandInput,
  DescribeTargetGroupsCommand,
  type DescribeTargetGroupsCommandInput,
  DescribeTargetHealthCommand,
  type DescribeTargetHealthCommandInput,
  ElasticLoadBalancingV2Client,
  type ElasticLoadBalancingV2ClientConfig,
  ModifyListenerCommand,
  type ModifyListenerCommandInput,
  ModifyRuleCommand,
  type ModifyRuleCommandInput,
  RegisterTargetsCommand,
  type RegisterTargetsCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsCallOptions } from "../aws/aws-caller.ts";

/** The only file that loads this SDK; it is itself imported lazily. */
export function openElbv2(config: ElasticLoadBalancingV2ClientConfig) {
  const client = new ElasticLoadBalancingV2Client(config);
  return {
    describeTargetGroups: (input: DescribeTargetGroupsCommandInput, options: AwsCallOptions) =>
      client.send(new DescribeTargetGroupsCommand(input), options),
    describeTargetHealth: (input: DescribeTargetHealthCommandInput, options: AwsCallOptions) =>
      client.send(new DescribeTargetHealthCommand(input), options),
    describeListeners: (input: DescribeListenersCommandInput, options: AwsCallOptions) =>
      client.send(new DescribeListenersCommand(input), options),
    describeRules: (input: DescribeRulesCommandInput, options: AwsCallOptions) =>
      client.send(new DescribeRulesCommand(input), options),
    modifyListener: (input: ModifyListenerCommandInput, options: AwsCallOptions) =>
      client.send(new ModifyListenerCommand(input), options),
    modifyRule: (input: ModifyRuleCommandInput, options: AwsCallOptions) =>
      client.send(new ModifyRuleCommand(input), options),
    registerTargets: (input: RegisterTargetsCommandInput, options: AwsCallOptions) =>
      client.send(new RegisterTargetsCommand(input), options),
    deregisterTargets: (input: DeregisterTargetsCommandInput, options: AwsCallOptions) =>
      client.send(new DeregisterTargetsCommand(input), options),
  };
}

export type Elbv2Client = ReturnType<typeof openElbv2>;
