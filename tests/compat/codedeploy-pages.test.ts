import { join } from "node:path";
import * as codeDeploySdk from "@aws-sdk/client-codedeploy";
import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { MAX_CUSTOM_DEPLOYMENT_CONFIGS, PAGE_ITEMS } from "@sluice/model/limits.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hasBoto3 } from "../installation/installed-programs.fixture.ts";
import { runProgram, type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { RawCaller } from "./raw-caller.fixture.ts";

/** One more than a page has. There cannot be as many configurations. */
const COUNT = PAGE_ITEMS + 1;
const PREDEFINED_CONFIGS = 17;
const ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";
/** A waiting deployment of one group to that many hosts, which are silent. */
const BIG = { applicationName: "big", deploymentGroupName: "fleet" };

let server: SluiceServer;
let raw: RawCaller;
/** The input of each paginator, and how many items come of it. */
let inputs: Record<string, object>;
let failing: unknown;
const EXPECTED: Readonly<Record<string, number>> = {
  // And those of the deployments.
  ListApplicationRevisions: COUNT + 2,
  ListApplications: COUNT + 1,
  ListDeploymentConfigs: MAX_CUSTOM_DEPLOYMENT_CONFIGS + PREDEFINED_CONFIGS,
  ListDeploymentGroups: COUNT,
  ListDeploymentInstances: COUNT,
  ListDeploymentTargets: COUNT,
  ListDeployments: COUNT,
  ListOnPremisesInstances: COUNT,
};

beforeAll(async () => {
  server = await startSluiceServer();
  raw = new RawCaller(server);
  const minimumHealthyHosts = { type: "HOST_COUNT", value: 1 };
  await call("CreateApplication", { applicationName: BIG.applicationName });
  for (let at = 0; at < COUNT; at += 1) {
    const name = `many-${at}`;
    await Promise.all([
      call("CreateApplication", { applicationName: name }),
      at < MAX_CUSTOM_DEPLOYMENT_CONFIGS &&
        call("CreateDeploymentConfig", { deploymentConfigName: name, minimumHealthyHosts }),
      call("RegisterApplicationRevision", { applicationName: BIG.applicationName, revision: revision(name) }),
      call("RegisterOnPremisesInstance", { instanceName: name, iamUserArn: `arn:aws:iam::111122223333:user/${name}` }),
    ]);
  }
  const names = Array.from({ length: COUNT }, (_, at) => `many-${at}`);
  // One call takes a hundred.
  for (const instanceNames of [names.slice(0, 51), names.slice(51)]) {
    await call("AddTagsToOnPremisesInstances", { instanceNames, tags: [{ Key: "Fleet", Value: "big" }] });
  }
  const group = { serviceRoleArn: ROLE, deploymentConfigName: "CodeDeployDefault.AllAtOnce" };
  const filter = { Key: "Fleet", Value: "big", Type: "KEY_AND_VALUE" };
  await call("CreateDeploymentGroup", { ...BIG, ...group, onPremisesInstanceTagFilters: [filter] });
  // Of a group of its own each, or the second would wait for the first. They end soon: their revision is not there.
  for (let at = 1; at < COUNT; at += 1) {
    const other = { ...BIG, deploymentGroupName: `group-${at}` };
    await call("CreateDeploymentGroup", { ...other, ...group });
    ({ deploymentId: failing } = await call("CreateDeployment", { ...other, revision: revision("none") }));
  }
  const s3 = { method: "PUT", service: "s3", target: null };
  await raw.call({ ...s3, path: "/revisions", body: "" });
  await raw.call({ ...s3, path: "/revisions/app.zip", body: zipOf({ "appspec.yml": "version: 0.0\nos: linux\n" }) });
  const { deploymentId } = await call("CreateDeployment", { ...BIG, revision: revision("app.zip") });
  await until("the deployment knows its hosts", async () => {
    const { status, text } = await raw.operation("ListDeploymentTargets", { deploymentId });
    return status === 200 && text.includes("nextToken");
  });
  await until("the other deployment has failed", async () => {
    const { deploymentInfo } = await call("GetDeployment", { deploymentId: failing });
    return (deploymentInfo as { status: string }).status === "Failed";
  });
  const { applicationName } = BIG;
  inputs = {
    ListApplicationRevisions: { applicationName },
    ListDeploymentGroups: { applicationName },
    ListDeploymentInstances: { deploymentId },
    ListDeploymentTargets: { deploymentId },
  };
});

afterAll(async () => {
  raw.close();
  await server.close();
});

it("the AWS SDK for JavaScript reads every list to its end, and its waiter tells of a failure", async () => {
  const { url, accessKeyId, secretAccessKey } = raw;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new CodeDeployClient({ endpoint: url.origin, region: "us-east-1", credentials });
  const paginators = Object.entries(codeDeploySdk).filter(([name]) => name.startsWith("paginate"));
  const found: Record<string, readonly [pages: number, items: number]> = {};
  for (const [name, paginate] of paginators) {
    const operation = name.replace("paginate", "");
    let pages = 0;
    const items = new Set<string>();
    // It writes its tokens into its input.
    for await (const page of (paginate as Paginate)({ client }, { ...inputs[operation] })) {
      pages += 1;
      for (const item of Object.values(page).find(Array.isArray) ?? []) items.add(JSON.stringify(item));
    }
    found[operation] = [pages, items.size];
  }
  expect(Object.keys(found).sort()).toEqual([
    ...["ListApplicationRevisions", "ListApplications", "ListDeploymentConfigs", "ListDeploymentGroups"],
    ...["ListDeploymentInstances", "ListDeployments"],
  ]);
  expect(found).toEqual(pagesOf(Object.keys(found)));
  const waiting = { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
  await expect(codeDeploySdk.waitUntilDeploymentSuccessful(waiting, { deploymentId: String(failing) })).rejects.toThrow(
    /"state":"FAILURE"/,
  );
  client.destroy();
});

it("boto3 reads every list to its end, and its waiter tells of a failure", async (context) => {
  context.skip(!hasBoto3(), "python3 has no boto3: pip install boto3");
  const script = join(import.meta.dirname, "codedeploy-pages.py");
  const args = [script, JSON.stringify(inputs), String(failing)];
  const ended = await runProgram("python3", args, await server.environment());
  expect(ended.stderr).toBe("");
  const found = JSON.parse(ended.stdout) as Record<string, readonly number[]>;
  // No operation adds a token: see docs/reference/api.md.
  const { ListGitHubAccountTokenNames, ...others } = found;
  expect(ListGitHubAccountTokenNames).toEqual([1, 0]);
  expect(others).toEqual(pagesOf(Object.keys(EXPECTED)));
});

type Paginate = (configuration: { client: CodeDeployClient }, input: object) => AsyncIterable<object>;

function pagesOf(operations: readonly string[]) {
  return Object.fromEntries(
    operations.map((operation) => {
      const items = EXPECTED[operation] ?? 0;
      return [operation, [Math.ceil(items / PAGE_ITEMS), items]];
    }),
  );
}

function revision(key: string) {
  return { revisionType: "S3", s3Location: { bucket: "revisions", key, bundleType: "zip" } };
}

async function call(operation: string, input: object): Promise<Record<string, unknown>> {
  const { status, text } = await raw.operation(operation, input);
  if (status !== 200) throw new Error(`${operation} ${JSON.stringify(input)} was answered ${status} ${text}`);
  return (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
}
