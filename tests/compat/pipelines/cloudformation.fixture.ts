import {
  type CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentCommand,
  CreateDeploymentConfigCommand,
  type CreateDeploymentConfigCommandInput,
  CreateDeploymentGroupCommand,
  type CreateDeploymentGroupCommandInput,
  DeleteApplicationCommand,
  DeleteDeploymentConfigCommand,
  DeleteDeploymentGroupCommand,
  type DeploymentGroupInfo,
  GetApplicationCommand,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  ListApplicationsCommand,
  ListDeploymentConfigsCommand,
  ListDeploymentGroupsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApplicationCommand,
  UpdateDeploymentGroupCommand,
  type UpdateDeploymentGroupCommandInput,
} from "@aws-sdk/client-codedeploy";
import { until } from "../../installation/until.fixture.ts";

/** What the resources' handlers are permitted to call: create, read, update, delete and list, each as CloudFormation asks for it. */
export class StackOfCodeDeploy {
  readonly client: CodeDeployClient;
  readonly #arn = "arn:aws:codedeploy:us-east-1:111122223333";

  constructor(client: CodeDeployClient) {
    this.client = client;
  }

  /** AWS::CodeDeploy::Application. What is there already fails the stack; a rename and other tags are updates. */
  async createApplication(name: string, platform: "Server" | "Lambda" | "ECS", tags: Record<string, string>) {
    await this.client.send(
      new CreateApplicationCommand({ applicationName: name, computePlatform: platform, tags: listOf(tags) }),
    );
    return this.readApplication(name);
  }

  async readApplication(applicationName: string) {
    const { application } = await this.client.send(new GetApplicationCommand({ applicationName }));
    const ResourceArn = `${this.#arn}:application:${applicationName}`;
    const { Tags = [] } = await this.client.send(new ListTagsForResourceCommand({ ResourceArn }));
    const tags = Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
    return { name: application?.applicationName, platform: application?.computePlatform, tags };
  }

  async updateApplication(name: string, newName: string, gone: readonly string[], tags: Record<string, string>) {
    if (newName !== name) {
      const rename = { applicationName: name, newApplicationName: newName };
      await this.client.send(new UpdateApplicationCommand(rename));
    }
    const ResourceArn = `${this.#arn}:application:${newName}`;
    await this.client.send(new UntagResourceCommand({ ResourceArn, TagKeys: [...gone] }));
    await this.client.send(new TagResourceCommand({ ResourceArn, Tags: listOf(tags) }));
    return this.readApplication(newName);
  }

  async deleteApplication(applicationName: string): Promise<void> {
    await this.client.send(new DeleteApplicationCommand({ applicationName }));
  }

  /** AWS::CodeDeploy::DeploymentConfig: any change is a replacement. */
  async createConfig(input: CreateDeploymentConfigCommandInput) {
    await this.client.send(new CreateDeploymentConfigCommand(input));
    return this.readConfig(input.deploymentConfigName);
  }

  async readConfig(deploymentConfigName: string | undefined) {
    const { deploymentConfigInfo } = await this.client.send(new GetDeploymentConfigCommand({ deploymentConfigName }));
    const { deploymentConfigId: _, createTime: __, ...fields } = deploymentConfigInfo ?? {};
    return fields;
  }

  async deleteConfig(deploymentConfigName: string): Promise<void> {
    await this.readConfig(deploymentConfigName);
    await this.client.send(new DeleteDeploymentConfigCommand({ deploymentConfigName }));
  }

  /** AWS::CodeDeploy::DeploymentGroup. */
  async createGroup(input: CreateDeploymentGroupCommandInput): Promise<DeploymentGroupInfo> {
    await this.client.send(new CreateDeploymentGroupCommand(input));
    return this.readGroup(input);
  }

  async readGroup(names: {
    applicationName: string | undefined;
    deploymentGroupName: string | undefined;
  }): Promise<DeploymentGroupInfo> {
    const { applicationName, deploymentGroupName } = names;
    const command = new GetDeploymentGroupCommand({ applicationName, deploymentGroupName });
    return (await this.client.send(command)).deploymentGroupInfo ?? {};
  }

  async updateGroup(input: UpdateDeploymentGroupCommandInput): Promise<DeploymentGroupInfo> {
    await this.client.send(new UpdateDeploymentGroupCommand(input));
    const { applicationName, currentDeploymentGroupName: deploymentGroupName } = input;
    return this.readGroup({ applicationName, deploymentGroupName });
  }

  async deleteGroup(applicationName: string, deploymentGroupName: string): Promise<void> {
    await this.client.send(new DeleteDeploymentGroupCommand({ applicationName, deploymentGroupName }));
  }

  /** Of every type, as `aws cloudcontrol list-resources` shows them. */
  async list(applicationName: string) {
    const { applications = [] } = await this.client.send(new ListApplicationsCommand({}));
    const { deploymentGroups = [] } = await this.client.send(new ListDeploymentGroupsCommand({ applicationName }));
    const { deploymentConfigsList = [] } = await this.client.send(new ListDeploymentConfigsCommand({}));
    return [...applications, ...deploymentGroups, ...deploymentConfigsList];
  }

  /** The update policy CodeDeployLambdaAliasUpdate of an alias, as SAM's AutoPublishAlias writes it: a failure rolls the stack back. */
  async moveAlias(alias: {
    applicationName: string;
    deploymentGroupName: string;
    functionName: string;
    from: string;
    to: string;
  }): Promise<void> {
    const { applicationName, deploymentGroupName, functionName, from, to } = alias;
    const Properties = { Name: functionName, Alias: "live", CurrentVersion: from, TargetVersion: to };
    const content = JSON.stringify({
      version: 0.0,
      Resources: [{ [functionName]: { Type: "AWS::Lambda::Function", Properties } }],
    });
    const { deploymentId } = await this.client.send(
      new CreateDeploymentCommand({
        applicationName,
        deploymentGroupName,
        revision: { revisionType: "AppSpecContent", appSpecContent: { content } },
      }),
    );
    const info = await until(`the end of ${deploymentId}`, async () => {
      const { deploymentInfo } = await this.client.send(new GetDeploymentCommand({ deploymentId }));
      return deploymentInfo?.completeTime !== undefined && deploymentInfo;
    });
    if (info.status !== "Succeeded") throw new Error(`${info.status}: ${info.errorInformation?.message}`);
  }
}

function listOf(tags: Record<string, string>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
