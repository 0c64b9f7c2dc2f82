import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentCommand,
  CreateDeploymentConfigCommand,
  CreateDeploymentGroupCommand,
  InvalidLifecycleEventHookExecutionIdException,
  PutLifecycleEventHookExecutionStatusCommand,
  RegisterOnPremisesInstanceCommand,
} from "@aws-sdk/client-codedeploy";
import { EcsApi } from "@sluice/drivers/ecs/ecs-api.fixture.ts";
import { LambdaApi } from "@sluice/drivers/lambda/lambda-api.fixture.ts";
import { CodeDeploy } from "../../installation/code-deploy.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../../installation/sluice-server.fixture.ts";
import { until } from "../../installation/until.fixture.ts";
import { RawCaller } from "../raw-caller.fixture.ts";
import { ROLE } from "./group-errors.ts";
import type { StagedIds } from "./modelled-error.ts";

const ACCOUNT = "arn:aws:iam::111122223333";
/** More than the others call, also where they wait for long, and soon used up. */
const THROTTLE = { callsPerSecond: 5, burst: 300 };
const SHIFTING = { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" } as const;

/** A server in the state of which the catalogue speaks, with an AWS that plays dead in the places that it needs. */
export interface Stage {
  readonly server: SluiceServer;
  readonly client: CodeDeployClient;
  /** Of a key that has used up most of its calls. */
  readonly tireless: CodeDeployClient;
  readonly ids: StagedIds;
  close(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-errors-"));
  const ecs = await EcsApi.start();
  // Nobody can say what the service runs: its deployment stays at its start.
  ecs.instead.set("DescribeServices", { status: 503, body: "{}" });
  const lambda = await LambdaApi.start();
  // Its own action has no name there. Accepted; the hook then says nothing by itself.
  lambda.instead.set("", { status: 202, body: "" });
  const config = join(folder, "sluice.yml");
  const bindings = [
    { match: "*", port: "task-sets", driver: "ecs", settings: ecs.settings },
    { match: "*", port: "weighted-router", driver: "elbv2", settings: ecs.settings },
    { match: "*", port: "function-alias", driver: "lambda", settings: lambda.settings },
    { match: "*", port: "hook-invoker", driver: "lambda", settings: lambda.settings },
  ];
  writeFileSync(config, JSON.stringify({ bindings, throttle: THROTTLE }));
  const server = await startSluiceServer({ args: ["--config", config] });
  const codeDeploy = await CodeDeploy.begin(server);
  const { client } = codeDeploy;
  await createApplications(client);
  await createGroups(client);
  const deployments = await createDeployments(codeDeploy);
  const key = await createKey(server);
  const ids = { ...deployments, tireless: key.accessKeyId };
  const tireless = new CodeDeployClient({
    endpoint: server.url(),
    region: "us-east-1",
    credentials: key,
    maxAttempts: 1,
  });
  fillUp(server);
  return {
    server,
    client,
    tireless,
    ids,
    async close() {
      codeDeploy.close();
      tireless.destroy();
      await server.close();
      await Promise.all([ecs.close(), lambda.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A root key of its own. */
async function createKey(server: SluiceServer) {
  const raw = new RawCaller(server);
  const body = JSON.stringify({ role: "root", description: "calls without a pause" });
  const made = await raw.call({ target: "Sluice_20261101.CreateAccessKey", service: "sluice", body });
  raw.close();
  const { accessKey, secretAccessKey } = JSON.parse(made.text) as {
    readonly accessKey: { readonly accessKeyId: string };
    readonly secretAccessKey: string;
  };
  return { accessKeyId: accessKey.accessKeyId, secretAccessKey };
}

async function createApplications(client: CodeDeployClient): Promise<void> {
  await client.send(new CreateApplicationCommand({ applicationName: "full" }));
  await client.send(new CreateApplicationCommand({ applicationName: "hooks" }));
  await client.send(new CreateApplicationCommand({ applicationName: "functions", computePlatform: "Lambda" }));
  await client.send(new CreateApplicationCommand({ applicationName: "containers", computePlatform: "ECS" }));
  await client.send(
    new CreateDeploymentConfigCommand({
      deploymentConfigName: "half",
      minimumHealthyHosts: { type: "FLEET_PERCENT", value: 50 },
    }),
  );
  await client.send(
    new RegisterOnPremisesInstanceCommand({ instanceName: "rack-1", iamUserArn: `${ACCOUNT}:user/rack-1` }),
  );
  const iamSessionArn = "arn:aws:sts::111122223333:assumed-role/hosts/rack-2";
  await client.send(new RegisterOnPremisesInstanceCommand({ instanceName: "rack-2", iamSessionArn }));
}

async function createGroups(client: CodeDeployClient): Promise<void> {
  const live = { deploymentGroupName: "live", serviceRoleArn: ROLE };
  await client.send(
    new CreateDeploymentGroupCommand({
      ...live,
      applicationName: "web",
      deploymentConfigName: "half",
      ec2TagFilters: [{ Key: "Fleet", Value: "none", Type: "KEY_AND_VALUE" }],
    }),
  );
  await client.send(new CreateDeploymentGroupCommand({ ...live, applicationName: "full" }));
  const hooked = { autoScalingGroups: ["busy"], deploymentGroupName: "busy", serviceRoleArn: ROLE };
  await client.send(new CreateDeploymentGroupCommand({ ...hooked, applicationName: "hooks" }));
  for (const deploymentGroupName of ["live", "next"]) {
    await client.send(
      new CreateDeploymentGroupCommand({
        applicationName: "functions",
        deploymentGroupName,
        serviceRoleArn: ROLE,
        deploymentStyle: SHIFTING,
      }),
    );
  }
  await client.send(
    new CreateDeploymentGroupCommand({
      ...live,
      applicationName: "containers",
      deploymentStyle: SHIFTING,
      blueGreenDeploymentConfiguration: { deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" } },
      ecsServices: [{ clusterName: "shop", serviceName: "web" }],
      loadBalancerInfo: {
        targetGroupPairInfoList: [
          {
            targetGroups: [{ name: "blue" }, { name: "green" }],
            prodTrafficRoute: {
              listenerArns: ["arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/web/1/1"],
            },
          },
        ],
      },
    }),
  );
}

async function createDeployments(codeDeploy: CodeDeploy): Promise<Omit<StagedIds, "tireless">> {
  const { client } = codeDeploy;
  const revision = {
    revisionType: "S3",
    s3Location: { bucket: "revisions", key: "none.zip", bundleType: "zip" },
  } as const;
  const ended = await deploy(client, "web", "live", revision);
  const hooked = await deploy(client, "functions", "live", functionRevision());
  const answered = await deploy(client, "functions", "next", functionRevision());
  const starting = await deploy(client, "containers", "live", serviceRevision());
  await codeDeploy.end(ended);
  await until("the hook is invoked, and answered", () => answerHook(client, answered));
  return { ended, hooked, answered, starting };
}

/** Whether the hook was there to be answered. */
async function answerHook(client: CodeDeployClient, deploymentId: string): Promise<boolean> {
  const execution = { deploymentId, lifecycleEventHookExecutionId: "BeforeAllowTraffic/1/charge" };
  try {
    await client.send(new PutLifecycleEventHookExecutionStatusCommand({ ...execution, status: "Succeeded" }));
    return true;
  } catch (error) {
    if (error instanceof InvalidLifecycleEventHookExecutionIdException) return false;
    throw error;
  }
}

type Revision = NonNullable<ConstructorParameters<typeof CreateDeploymentCommand>[0]["revision"]>;

async function deploy(
  client: CodeDeployClient,
  application: string,
  group: string,
  revision: Revision,
): Promise<string> {
  const names = { applicationName: application, deploymentGroupName: group };
  const { deploymentId = "" } = await client.send(new CreateDeploymentCommand({ ...names, revision }));
  return deploymentId;
}

function functionRevision(): Revision {
  const Properties = { Name: "charge", Alias: "live", CurrentVersion: "1", TargetVersion: "2" };
  const Hooks = [{ BeforeAllowTraffic: "CodeDeployHook_before" }, { AfterAllowTraffic: "CodeDeployHook_after" }];
  return appSpec({ version: 0, Resources: [{ charge: { Type: "AWS::Lambda::Function", Properties } }], Hooks });
}

function serviceRevision(): Revision {
  const LoadBalancerInfo = { ContainerName: "web", ContainerPort: 80 };
  const TaskDefinition = "arn:aws:ecs:us-east-1:111122223333:task-definition/web:2";
  const Properties = { TaskDefinition, LoadBalancerInfo };
  return appSpec({ version: 0, Resources: [{ TargetService: { Type: "AWS::ECS::Service", Properties } }] });
}

function appSpec(content: object): Revision {
  return { revisionType: "AppSpecContent", appSpecContent: { content: JSON.stringify(content) } };
}

/** As many applications, groups of `full`, groups of the Auto Scaling group `busy` and configurations as are allowed, as rows: a thousand calls would say no more. */
function fillUp({ data }: SluiceServer): void {
  const database = new DatabaseSync(join(data, "sluice.db"), { timeout: 30_000 });
  const fill = (table: string, count: number, values: Readonly<Record<string, string>>, where: string) => {
    const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all() as { name: string }[];
    const names = columns.map(({ name }) => name);
    const list = names.map((name) => values[name] ?? name).join(", ");
    database.exec(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
       INSERT INTO ${table} (${names.join(", ")}) SELECT ${list} FROM ${table}, n WHERE ${where}`,
    );
  };
  const id = "'00000000-0000-4000-8000-' || substr('000000000000' || i, -12)";
  fill("applications", 1000, { application_id: id, application_name: "'filler-' || i" }, "application_name = 'full'");
  fill(
    "deployment_groups",
    1000,
    { deployment_group_id: id, deployment_group_name: "'filler-' || i" },
    "application_id = (SELECT application_id FROM applications WHERE application_name = 'full')",
  );
  fill(
    "deployment_groups",
    49,
    { deployment_group_id: `'h' || ${id}`, deployment_group_name: "'hooked-' || i" },
    "deployment_group_name = 'busy'",
  );
  fill(
    "deployment_configs",
    50,
    { deployment_config_id: id, deployment_config_name: "'filler-' || i" },
    "deployment_config_name = 'half'",
  );
  database.close();
}
