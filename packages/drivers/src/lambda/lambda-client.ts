import {
  GetAliasCommand,
  type GetAliasCommandInput,
  GetFunctionCommand,
  type GetFunctionCommandInput,
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandInput,
  GetProvisionedConcurrencyConfigCommand,
  type GetProvisionedConcurrencyConfigCommandInput,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  type LambdaClientConfig,
  UpdateAliasCommand,
  type UpdateAliasCommandInput,
} from "@aws-sdk/client-lambda";
import type { AwsCallOptions } from "../aws/aws-caller.ts";

/** The only file that loads this SDK; it is itself imported lazily. */
export function openLambda(config: LambdaClientConfig) {
  const client = new LambdaClient(config);
  return {
    getFunction: (input: GetFunctionCommandInput, options: AwsCallOptions) =>
      client.send(new GetFunctionCommand(input), options),
    invoke: (input: InvokeCommandInput, options: AwsCallOptions) => client.send(new InvokeCommand(input), options),
    getAlias: (input: GetAliasCommandInput, options: AwsCallOptions) =>
      client.send(new GetAliasCommand(input), options),
    updateAlias: (input: UpdateAliasCommandInput, options: AwsCallOptions) =>
      client.send(new UpdateAliasCommand(input), options),
    getFunctionConfiguration: (input: GetFunctionConfigurationCommandInput, options: AwsCallOptions) =>
      client.send(new GetFunctionConfigurationCommand(input), options),
    getProvisionedConcurrency: (input: GetProvisionedConcurrencyConfigCommandInput, options: AwsCallOptions) =>
      client.send(new GetProvisionedConcurrencyConfigCommand(input), options),
  };
}

export type LambdaCalls = ReturnType<typeof openLambda>;
