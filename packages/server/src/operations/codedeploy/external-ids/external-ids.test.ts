import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestCodeDeploy, testCodeDeploy, withDeployment, withGroup } from "../codedeploy.fixture.ts";

const STACK = "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/1";
const ARN = "arn:aws:codedeploy:us-east-1:111122223333";

let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
  await withGroup(codeDeploy);
});
afterEach(() => codeDeploy.close());

function tag(resource: string, Value: string) {
  return codeDeploy.call("TagResource", {
    ResourceArn: `${ARN}:${resource}`,
    Tags: [{ Key: "sluice:external-id", Value }],
  });
}

const applications = async () => (await codeDeploy.call("ListApplications", {})).applications;
const groups = async () =>
  (await codeDeploy.call("ListDeploymentGroups", { applicationName: "MyWebApp" })).deploymentGroups;

it("stand on deployments of what is tagged with them, and select these", async () => {
  const before = await withDeployment(codeDeploy);
  await codeDeploy.context.store.write(({ db }) => db.updateTable("deployments").set({ active: 0 }).execute());
  await tag("application:MyWebApp", STACK);
  const deploymentId = await withDeployment(codeDeploy);
  const { deploymentInfo } = await codeDeploy.call("GetDeployment", { deploymentId });
  expect(deploymentInfo?.externalId).toBe(STACK);
  expect((await codeDeploy.call("GetDeployment", { deploymentId: before })).deploymentInfo?.externalId).toBeUndefined();
  expect(await codeDeploy.call("ListDeployments", { externalId: STACK })).toMatchObject({
    deployments: [deploymentId],
  });
});

it("delete the groups and applications that have them, and nothing else", async () => {
  await tag("deploymentgroup:MyWebApp/prod", STACK);
  await codeDeploy.call("CreateApplication", { applicationName: "other" });
  await codeDeploy.call("DeleteResourcesByExternalId", { externalId: `${STACK}2` });
  await codeDeploy.call("DeleteResourcesByExternalId", {});
  expect(await groups()).toEqual(["prod"]);
  await codeDeploy.call("DeleteResourcesByExternalId", { externalId: STACK });
  expect(await groups()).toEqual([]);
  await tag("application:MyWebApp", STACK);
  await codeDeploy.call("DeleteResourcesByExternalId", { externalId: STACK });
  expect(await applications()).toEqual(["other"]);
});

it("delete no application with a group that has another one", async () => {
  await tag("application:MyWebApp", STACK);
  await tag("deploymentgroup:MyWebApp/prod", "somebody else's");
  await expect(codeDeploy.call("DeleteResourcesByExternalId", { externalId: STACK })).rejects.toMatchObject({
    code: "InvalidOperationException",
    message: expect.stringMatching(/prod, whose tag sluice:external-id is 'somebody else's'.*Nothing was deleted/),
  });
  expect(await groups()).toEqual(["prod"]);
});
