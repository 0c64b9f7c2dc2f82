import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  EC2Client,
  type EC2ClientConfig,
} from "@aws-sdk/client-ec2";
import type { AwsCallOptions } from "../aws/aws-caller.ts";

/** The only file that loads this SDK; it is itself imported lazily. */
export function openEc2(config: EC2ClientConfig) {
  const client = new EC2Client(config);
  return {
    describeInstances: (input: DescribeInstancesCommandInput, options: AwsCallOptions) =>
      client.send(new DescribeInstancesCommand(input), options),
  };
}
