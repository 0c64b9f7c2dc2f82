import {
  GetFunctionCommand,
  type GetFunctionCommandInput,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  type LambdaClientConfig,
} from "@aws-sdk/client-lambda";
import type { AwsCallOptions } from "../aws/aws-caller.ts";

/** The only file that loads this SDK; it is itself imported lazily. */
export function openLambda(config: LambdaClientConfig) {
  const client = new LambdaClient(config);
  return {
    getFunction: (input: GetFunctionCommandInput, options: AwsCallOptions) =>
      client.send(new GetFunctionCommand(input), options),
    invoke: (input: InvokeCommandInput, options: AwsCallOptions) => client.send(new InvokeCommand(input), options),
  };
}

export type LambdaHookClient = ReturnType<typeof openLambda>;
