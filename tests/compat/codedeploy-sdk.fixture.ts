import {
  AddTagsToOnPremisesInstancesCommand,
  BatchGetApplicationRevisionsCommand,
  BatchGetApplicationsCommand,
  BatchGetDeploymentGroupsCommand,
  BatchGetDeploymentInstancesCommand,
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  BatchGetOnPremisesInstancesCommand,
  type CodeDeployClient,
  ContinueDeploymentCommand,
  CreateApplicationCommand,
  CreateDeploymentCommand,
  CreateDeploymentConfigCommand,
  CreateDeploymentGroupCommand,
  type CreateDeploymentGroupCommandInput,
  DeleteApplicationCommand,
  DeleteDeploymentConfigCommand,
  DeleteDeploymentGroupCommand,
  DeleteGitHubAccountTokenCommand,
  DeleteResourcesByExternalIdCommand,
  DeregisterOnPremisesInstanceCommand,
  GetApplicationCommand,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  GetDeploymentInstanceCommand,
  GetDeploymentTargetCommand,
  GetOnPremisesInstanceCommand,
  ListDeploymentTargetsCommand,
  ListGitHubAccountTokenNamesCommand,
  ListOnPremisesInstancesCommand,
  ListTagsForResourceCommand,
  PutLifecycleEventHookExecutionStatusCommand,
  paginateListApplicationRevisions,
  paginateListApplications,
  paginateListDeploymentConfigs,
  paginateListDeploymentGroups,
  paginateListDeploymentInstances,
  paginateListDeployments,
  RegisterApplicationRevisionCommand,
  RegisterOnPremisesInstanceCommand,
  RemoveTagsFromOnPremisesInstancesCommand,
  type RevisionLocation,
  SkipWaitTimeForInstanceTerminationCommand,
  StopDeploymentCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApplicationCommand,
  UpdateDeploymentGroupCommand,
  waitUntilDeploymentSuccessful,
} from "@aws-sdk/client-codedeploy";
import { expect } from "vitest";

const ACCOUNT_ARN = "arn:aws:codedeploy:us-east-1:111122223333";
export const ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";
const TEN_MINUTES_MILLISECONDS = 600_000;

async function all<Page, Item>(pages: AsyncIterable<Page>, items: (page: Page) => Item[] | undefined): Promise<Item[]> {
  const found: Item[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
}

function expectRecent(date: Date | undefined): void {
  expect(date).toBeInstanceOf(Date);
  expect(Math.abs(Date.now() - Number(date))).toBeLessThan(TEN_MINUTES_MILLISECONDS);
}

/** The names of the operations that went through a client, from now on. */
export function recordCalls(client: CodeDeployClient): Set<string> {
  const called = new Set<string>();
  client.middlewareStack.add(
    (next, context) => (args) => {
      called.add(String(context.commandName).replace(/Command$/, ""));
      return next(args);
    },
    { step: "initialize" },
  );
  return called;
}

export async function useApplications(client: CodeDeployClient): Promise<void> {
  const applicationName = "sdk-web";
  const { applicationId } = await client.send(
    new CreateApplicationCommand({
      applicationName,
      computePlatform: "Server",
      tags: [{ Key: "team", Value: "shop" }],
    }),
  );
  await expect(client.send(new CreateApplicationCommand({ applicationName }))).rejects.toMatchObject({
    name: "ApplicationAlreadyExistsException",
    $fault: "client",
    $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/./), attempts: 1 },
  });
  const { application } = await client.send(new GetApplicationCommand({ applicationName }));
  expectRecent(application?.createTime);
  expect(application).toMatchObject({ applicationId, applicationName, computePlatform: "Server" });
  await client.send(new UpdateApplicationCommand({ applicationName, newApplicationName: "sdk-shop" }));
  const names = await all(paginateListApplications({ client }, {}), (page) => page.applications);
  expect(names).toContain("sdk-shop");
  const batch = await client.send(new BatchGetApplicationsCommand({ applicationNames: ["sdk-shop"] }));
  expect(batch.applicationsInfo?.map((info) => info.applicationId)).toEqual([applicationId]);

  const ResourceArn = `${ACCOUNT_ARN}:application:sdk-shop`;
  await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "stage", Value: "prod" }] }));
  await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["team"] }));
  const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn }));
  expect(Tags).toEqual([{ Key: "stage", Value: "prod" }]);
}

export async function useConfigurations(client: CodeDeployClient): Promise<void> {
  const deploymentConfigName = "sdk-half";
  const minimumHealthyHosts = { type: "FLEET_PERCENT", value: 50 } as const;
  await client.send(new CreateDeploymentConfigCommand({ deploymentConfigName, minimumHealthyHosts }));
  const got = await client.send(new GetDeploymentConfigCommand({ deploymentConfigName }));
  expect(got.deploymentConfigInfo).toMatchObject({ deploymentConfigName, minimumHealthyHosts });
  expectRecent(got.deploymentConfigInfo?.createTime);
  const names = await all(paginateListDeploymentConfigs({ client }, {}), (page) => page.deploymentConfigsList);
  expect(names).toContain(deploymentConfigName);
  await client.send(new DeleteDeploymentConfigCommand({ deploymentConfigName }));
  await expect(client.send(new GetDeploymentConfigCommand({ deploymentConfigName }))).rejects.toMatchObject({
    name: "DeploymentConfigDoesNotExistException",
  });
}

export async function useGroups(client: CodeDeployClient, fleet: string): Promise<void> {
  const applicationName = "sdk-shop";
  const fields: Pick<CreateDeploymentGroupCommandInput, "serviceRoleArn"> & Partial<CreateDeploymentGroupCommandInput> =
    {
      deploymentConfigName: "CodeDeployDefault.HalfAtATime",
      serviceRoleArn: ROLE,
      ec2TagSet: {
        ec2TagSetList: [[{ Key: "Fleet", Value: fleet, Type: "KEY_AND_VALUE" }], [{ Key: "Fleet", Type: "KEY_ONLY" }]],
      },
      triggerConfigurations: [
        {
          triggerName: "all",
          triggerTargetArn: "arn:aws:sns:us-east-1:111122223333:deployments",
          triggerEvents: ["DeploymentStart", "InstanceFailure"],
        },
      ],
      alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: "5xx" }, { name: "slow" }] },
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"] },
      outdatedInstancesStrategy: "UPDATE",
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITHOUT_TRAFFIC_CONTROL" },
      terminationHookEnabled: false,
    };
  const created = await client.send(
    new CreateDeploymentGroupCommand({ applicationName, deploymentGroupName: "prod", ...fields }),
  );
  const { deploymentGroupInfo } = await client.send(
    new GetDeploymentGroupCommand({ applicationName, deploymentGroupName: "prod" }),
  );
  expect(deploymentGroupInfo).toMatchObject({ ...fields, deploymentGroupId: created.deploymentGroupId });
  await client.send(
    new UpdateDeploymentGroupCommand({
      applicationName,
      currentDeploymentGroupName: "prod",
      newDeploymentGroupName: "live",
      alarmConfiguration: { enabled: false, alarms: [] },
      autoRollbackConfiguration: { enabled: false },
      triggerConfigurations: [],
    }),
  );
  const groups = await all(
    paginateListDeploymentGroups({ client }, { applicationName }),
    (page) => page.deploymentGroups,
  );
  expect(groups).toEqual(["live"]);
  const batch = await client.send(
    new BatchGetDeploymentGroupsCommand({ applicationName, deploymentGroupNames: ["live"] }),
  );
  expect(batch.deploymentGroupsInfo?.[0]).toMatchObject({
    deploymentGroupId: created.deploymentGroupId,
    ec2TagSet: fields.ec2TagSet,
  });
}

export async function useRevisions(client: CodeDeployClient, revision: RevisionLocation): Promise<void> {
  const applicationName = "sdk-shop";
  await client.send(new RegisterApplicationRevisionCommand({ applicationName, revision, description: "42" }));
  const got = await client.send(new GetApplicationRevisionCommand({ applicationName, revision }));
  expect(got.revisionInfo?.description).toBe("42");
  expectRecent(got.revisionInfo?.registerTime);
  const listed = await all(
    paginateListApplicationRevisions({ client }, { applicationName, sortBy: "registerTime" }),
    (page) => page.revisions,
  );
  expect(listed).toHaveLength(1);
  const batch = await client.send(new BatchGetApplicationRevisionsCommand({ applicationName, revisions: [revision] }));
  expect(batch.revisions).toHaveLength(1);
}

export async function useDeployments(client: CodeDeployClient, revision: RevisionLocation): Promise<void> {
  const where = { applicationName: "sdk-shop", deploymentGroupName: "live" };
  const { deploymentId = "" } = await client.send(new CreateDeploymentCommand({ ...where, revision }));
  await waitUntilDeploymentSuccessful({ client, maxWaitTime: 100, minDelay: 1, maxDelay: 1 }, { deploymentId });
  const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
  expect(deploymentInfo).toMatchObject({ status: "Succeeded", deploymentOverview: { Succeeded: 1, Failed: 0 } });
  for (const date of [deploymentInfo?.createTime, deploymentInfo?.startTime, deploymentInfo?.completeTime]) {
    expectRecent(date);
  }
  const listed = await all(
    paginateListDeployments({ client }, { ...where, createTimeRange: { start: new Date(Date.now() - 60_000) } }),
    (page) => page.deployments,
  );
  expect(listed).toEqual([deploymentId]);
  const batch = await client.send(new BatchGetDeploymentsCommand({ deploymentIds: [deploymentId] }));
  expect(batch.deploymentsInfo).toHaveLength(1);

  const { targetIds = [] } = await client.send(new ListDeploymentTargetsCommand({ deploymentId }));
  const targetId = targetIds[0] ?? "";
  const target = await client.send(new GetDeploymentTargetCommand({ deploymentId, targetId }));
  const { instanceTarget } = target.deploymentTarget ?? {};
  expect(instanceTarget?.status).toBe("Succeeded");
  expect(instanceTarget?.lifecycleEvents?.map((event) => event.lifecycleEventName)).toEqual([
    ...["ApplicationStop", "DownloadBundle", "BeforeInstall", "Install"],
    ...["AfterInstall", "ApplicationStart", "ValidateService"],
  ]);
  const targets = await client.send(new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }));
  expect(targets.deploymentTargets).toHaveLength(1);
  const instances = await all(
    paginateListDeploymentInstances({ client }, { deploymentId }),
    (page) => page.instancesList,
  );
  expect(instances).toHaveLength(1);
  const instance = await client.send(new GetDeploymentInstanceCommand({ deploymentId, instanceId: targetId }));
  expect(instance.instanceSummary?.status).toBe("Succeeded");
  const summaries = await client.send(new BatchGetDeploymentInstancesCommand({ deploymentId, instanceIds: targetIds }));
  expect(summaries.instancesSummary).toHaveLength(1);
  await expect(client.send(new StopDeploymentCommand({ deploymentId }))).rejects.toMatchObject({
    name: "DeploymentAlreadyCompletedException",
  });
}

export async function useOnPremisesInstances(client: CodeDeployClient): Promise<void> {
  const instanceName = "sdk-host";
  const iamUserArn = "arn:aws:iam::111122223333:user/sdk-host";
  const instanceNames = [instanceName];
  const rack = { Key: "rack", Value: "8" };
  const row = { Key: "row", Value: "2" };
  await client.send(new RegisterOnPremisesInstanceCommand({ instanceName, iamUserArn }));
  await client.send(new AddTagsToOnPremisesInstancesCommand({ instanceNames, tags: [rack, row] }));
  await client.send(new RemoveTagsFromOnPremisesInstancesCommand({ instanceNames, tags: [row] }));
  const { instanceInfo } = await client.send(new GetOnPremisesInstanceCommand({ instanceName }));
  expect(instanceInfo).toMatchObject({ instanceName, iamUserArn, tags: [rack] });
  expectRecent(instanceInfo?.registerTime);
  const listed = await client.send(
    new ListOnPremisesInstancesCommand({ tagFilters: [{ ...rack, Type: "KEY_AND_VALUE" }] }),
  );
  expect(listed.instanceNames).toEqual(instanceNames);
  const batch = await client.send(new BatchGetOnPremisesInstancesCommand({ instanceNames }));
  expect(batch.instanceInfos).toHaveLength(1);
  await client.send(new DeregisterOnPremisesInstanceCommand({ instanceName }));
  const info = await client.send(new GetOnPremisesInstanceCommand({ instanceName }));
  expectRecent(info.instanceInfo?.deregisterTime);
}

export async function useTheRest(client: CodeDeployClient): Promise<void> {
  expect((await client.send(new ListGitHubAccountTokenNamesCommand({}))).tokenNameList).toEqual([]);
  const deploymentId = "d-000000000";
  for (const command of [
    new ContinueDeploymentCommand({ deploymentId }),
    new SkipWaitTimeForInstanceTerminationCommand({ deploymentId }),
    new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId,
      lifecycleEventHookExecutionId: "BeforeInstall/1/shop:web",
      status: "Succeeded",
    }),
  ]) {
    await expect(client.send(command as ContinueDeploymentCommand)).rejects.toMatchObject({
      name: "DeploymentDoesNotExistException",
    });
  }
  await expect(client.send(new DeleteGitHubAccountTokenCommand({ tokenName: "ci" }))).rejects.toMatchObject({
    name: "GitHubAccountTokenDoesNotExistException",
    $metadata: { attempts: 1 },
  });
  await client.send(new DeleteResourcesByExternalIdCommand({ externalId: "arn:aws:cloudformation:nowhere" }));
  const applicationName = "sdk-shop";
  await client.send(new DeleteDeploymentGroupCommand({ applicationName, deploymentGroupName: "live" }));
  await client.send(new DeleteApplicationCommand({ applicationName }));
  await expect(client.send(new GetApplicationCommand({ applicationName }))).rejects.toMatchObject({
    name: "ApplicationDoesNotExistException",
  });
}
