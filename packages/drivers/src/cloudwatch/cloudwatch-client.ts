import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
} from "@aws-sdk/client-cloudwatch";
import type { AwsCallOptions } from "../aws/aws-caller.ts";

/** The only file that loads this SDK; it is itself imported lazily. */
export function openCloudWatch(config: CloudWatchClientConfig) {
  const client = new CloudWatchClient(config);
  return {
    describeAlarms: (input: DescribeAlarmsCommandInput, options: AwsCallOptions) =>
      client.send(new DescribeAlarmsCommand(input), options),
  };
}
