import { PublishCommand, type PublishCommandInput, SNSClient, type SNSClientConfig } from "@aws-sdk/client-sns";
import type { AwsCallOptions } from "../aws/aws-caller.ts";

/** The only file that loads this SDK; it is itself imported lazily. */
export function openSns(config: SNSClientConfig) {
  const client = new SNSClient(config);
  return {
    publish: (input: PublishCommandInput, options: AwsCallOptions) => client.send(new PublishCommand(input), options),
  };
}
