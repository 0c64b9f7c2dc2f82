import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  EC2Client,
  type EC2ClientConfig,
  TerminateInstancesCommand,
  type TerminateInstancesCommandInput,
} from "@aws-sdk/client-ec2";
import type { AwsCallOptions } from "../aws/aws-caller.ts";

/** The only file that loads this SDK; it is itself imported lazily. */
export function openEc2(config: EC2ClientConfig) {
  const client = new EC2Client(config);
  return {
    describeInstances: (input: DescribeInstancesCommandInput, options: AwsCallOptions) =>
      client.send(new DescribeInstancesCommand(input), options),
    terminateInstances: (input: TerminateInstancesCommandInput, options: AwsCallOptions) =>
      client.send(new TerminateInstancesCommand(input), options),
  };
}

export type Ec2Client = ReturnType<typeof openEc2>;
