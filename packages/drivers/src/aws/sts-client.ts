import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import type { AwsCallOptions } from "./aws-caller.ts";

/** The only file that loads this SDK; it is itself imported lazily. */
export function openSts(config: STSClientConfig) {
  const client = new STSClient(config);
  return {
    assumeRole: (input: AssumeRoleCommandInput, options: AwsCallOptions) =>
      client.send(new AssumeRoleCommand(input), options),
  };
}
