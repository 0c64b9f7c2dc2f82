import {
  CreateTaskSetCommand,
  type CreateTaskSetCommandInput,
  DeleteTaskSetCommand,
  type DeleteTaskSetCommandInput,
  DescribeServicesCommand,
  type DescribeServicesCommandInput,
  DescribeTaskDefinitionCommand,
  type DescribeTaskDefinitionCommandInput,
  DescribeTasksCommand,
  type DescribeTasksCommandInput,
  ECSClient,
  type ECSClientConfig,
  ListTasksCommand,
  type ListTasksCommandInput,
  UpdateServicePrimaryTaskSetCommand,
  type UpdateServicePrimaryTaskSetCommandInput,
} from "@aws-sdk/client-ecs";
import type { AwsCallOptions } from "../aws/aws-caller.ts";

/** The only file that loads this SDK; it is itself imported lazily. */
export function openEcs(config: ECSClientConfig) {
  const client = new ECSClient(config);
  return {
    describeServices: (input: DescribeServicesCommandInput, options: AwsCallOptions) =>
      client.send(new DescribeServicesCommand(input), options),
    describeTaskDefinition: (input: DescribeTaskDefinitionCommandInput, options: AwsCallOptions) =>
      client.send(new DescribeTaskDefinitionCommand(input), options),
    listTasks: (input: ListTasksCommandInput, options: AwsCallOptions) =>
      client.send(new ListTasksCommand(input), options),
    describeTasks: (input: DescribeTasksCommandInput, options: AwsCallOptions) =>
      client.send(new DescribeTasksCommand(input), options),
    createTaskSet: (input: CreateTaskSetCommandInput, options: AwsCallOptions) =>
      client.send(new CreateTaskSetCommand(input), options),
    updateServicePrimaryTaskSet: (input: UpdateServicePrimaryTaskSetCommandInput, options: AwsCallOptions) =>
      client.send(new UpdateServicePrimaryTaskSetCommand(input), options),
    deleteTaskSet: (input: DeleteTaskSetCommandInput, options: AwsCallOptions) =>
      client.send(new DeleteTaskSetCommand(input), options),
  };
}

export type EcsClient = ReturnType<typeof openEcs>;
