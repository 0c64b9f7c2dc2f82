import { readFile, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  GetAliasCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { type CodeDeployClient, codeDeployClient, sluiceClient } from "@sluice/wire/client/clients.ts";
import { connectionTo, resolveConnection } from "@sluice/wire/config/connection.ts";
import { CHECKS_ROLE, type Surroundings } from "./demo-bindings.ts";
import { countAnswers } from "./demo-load.ts";
import { SHOWN_REQUESTS, showShares, until } from "./demo-shares.ts";
import { expectThat, say, sluice } from "./demo-stage.ts";
import { freePort } from "./free-port.ts";

const FUNCTION = "charge";
const ALIAS = "live";
const HOOK = "check-charge";
const APPLICATION = FUNCTION;
const GROUP = ALIAS;
const PLACE = ["--application", APPLICATION, "--group", GROUP] as const;
const CANARY_PERCENT = 10;
const INVOCATIONS_AT_ONCE = 10;
/** What the server says of a machine where functions cannot be kept apart. */
const NO_ISOLATION = "isolation: none";

/** How requests reach the function, and who has answered them. */
type Ask = () => Promise<ReadonlyMap<string, number>>;

/** A canary of a function, and a version that its hook refuses. Where functions cannot be kept apart from each other it says so, and plays nothing. */
export async function playFunctions(
  directory: string,
  dataDirectory: string,
  { hasHaproxy, isRoot }: Surroundings,
): Promise<void> {
  say("Functions: the same by Lambda's calls, in processes of this machine");
  if (!isRoot) {
    console.log(
      `The server is not root, and cannot give each function a user of its own. The demo's functions are trusted, so its sluice.yml has "${NO_ISOLATION}"`,
    );
  }
  const connection = resolveConnection({ data: dataDirectory });
  const { region, credentials, endpoints } = connection;
  const { accessKeyId, secretAccessKey } = credentials;
  const options = { endpoint: endpoints.sluice, region, credentials: { accessKeyId, secretAccessKey } };
  const lambda = new LambdaClient(options);
  const elb = new ElasticLoadBalancingV2Client(options);
  const codeDeploy = codeDeployClient(connectionTo(connection, "codedeploy"));
  const own = sluiceClient(connectionTo(connection, "sluice"));
  try {
    const obstacle = await createFunctions(lambda);
    if (obstacle !== undefined) {
      say(`They are not shown: ${obstacle}`);
      return;
    }
    const ask = hasHaproxy ? await askByListener(lambda, elb) : () => countInvocations(lambda);
    await createGroup(codeDeploy);
    await showTraffic(lambda, ask, { "1": 100 });

    say(`Version 2 as a canary: ${CANARY_PERCENT} % of the traffic first, once its hook has invoked it`);
    await publish(lambda, "2", {});
    expectThat((await sluice(...(await deployOf(directory, "2", "Before")))) === 0, "version 2 was not deployed");
    const id = await newestOf(codeDeploy);
    await until(`the shift of ${id}`, async () => {
      const { shift } = await own.call("GetDeploymentWaits", { deploymentId: id });
      return shift?.percent === CANARY_PERCENT;
    });
    await showTraffic(lambda, ask, { "1": 100 - CANARY_PERCENT, "2": CANARY_PERCENT });

    say("It is well, so the rest of the traffic need not wait for five minutes");
    expectThat((await sluice("shift", "next", id)) === 0, `the shift of ${id} did not go on`);
    expectThat((await sluice("watch", id)) === 0, `${id} did not succeed`);
    await showTraffic(lambda, ask, { "2": 100 });

    say("Version 3 fails. All traffic goes there at once, its hook finds it out, and it is rolled back by itself");
    await publish(lambda, "3", { TROUBLE: "errs" });
    const allAtOnce = ["--config", "CodeDeployDefault.LambdaAllAtOnce", "--watch"];
    const status = await sluice(...(await deployOf(directory, "3", "After")), ...allAtOnce);
    expectThat(status === 1, `the bad version ended with status ${status}, not 1`);
    expectThat((await sluice("logs", "--function", HOOK, "--tail", "4")) === 0, `${HOOK} has no log`);
    await showTraffic(lambda, ask, { "2": 100 });
  } finally {
    for (const client of [codeDeploy, own]) client.close();
    for (const client of [lambda, elb]) client.destroy();
  }
}

/** The function in its first version, and the one that checks it. Gives why they cannot be made on this machine. */
async function createFunctions(lambda: LambdaClient): Promise<string | undefined> {
  try {
    await create(lambda, FUNCTION, "examples/functions/charge.mjs", FUNCTION, {});
  } catch (error) {
    const { message } = error as Error;
    if (message.includes(NO_ISOLATION)) return message;
    throw error;
  }
  await lambda.send(new PublishVersionCommand({ FunctionName: FUNCTION }));
  await lambda.send(new CreateAliasCommand({ FunctionName: FUNCTION, Name: ALIAS, FunctionVersion: "1" }));
  await create(lambda, HOOK, "examples/functions/hook.mjs", CHECKS_ROLE, { CHECKED_FUNCTION: FUNCTION });
  return undefined;
}

async function create(
  lambda: LambdaClient,
  name: string,
  file: string,
  role: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: "nodejs24.x",
      Handler: `${basename(file, ".mjs")}.handler`,
      Role: `arn:aws:iam::111122223333:role/${role}`,
      Timeout: 30,
      Environment: { Variables: variables },
      Code: { ZipFile: zipOf({ [basename(file)]: await readFile(file) }) },
    }),
  );
  console.log(`The function ${name} is made of ${file}`);
}

/** The function behind a port of this machine, as its alias weighs its versions. */
async function askByListener(lambda: LambdaClient, elb: ElasticLoadBalancingV2Client): Promise<Ask> {
  const { AliasArn } = await lambda.send(new GetAliasCommand({ FunctionName: FUNCTION, Name: ALIAS }));
  const made = await elb.send(new CreateTargetGroupCommand({ Name: FUNCTION, TargetType: "lambda" }));
  const TargetGroupArn = made.TargetGroups?.[0]?.TargetGroupArn;
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: FUNCTION,
      Qualifier: ALIAS,
      StatementId: "balancer",
      Action: "lambda:InvokeFunction",
      Principal: "elasticloadbalancing.amazonaws.com",
      SourceArn: TargetGroupArn,
    }),
  );
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: AliasArn }] }));
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: FUNCTION, Subnets: ["subnet-1"] }));
  const port = await freePort();
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: "HTTP",
      Port: port,
      DefaultActions: [{ Type: "forward", TargetGroupArn }],
    }),
  );
  const url = `http://127.0.0.1:${port}/`;
  await until(`the function at ${url}`, async () => (await fetch(url).catch(() => undefined))?.ok === true);
  return () => countAnswers(url, SHOWN_REQUESTS);
}

/** Without a balancer: `x-amz-executed-version` of as many invocations. */
async function countInvocations(lambda: LambdaClient): Promise<ReadonlyMap<string, number>> {
  console.log(`$ aws lambda invoke --function-name ${FUNCTION}:${ALIAS} …   # ${SHOWN_REQUESTS} times`);
  const answers = new Map<string, number>();
  let left = SHOWN_REQUESTS;
  const invoke = async (): Promise<void> => {
    while (left-- > 0) {
      const { ExecutedVersion: version = "?", FunctionError: fault } = await lambda.send(
        new InvokeCommand({ FunctionName: FUNCTION, Qualifier: ALIAS }),
      );
      expectThat(fault === undefined, `version ${version} of ${FUNCTION} failed`);
      answers.set(version, (answers.get(version) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: INVOCATIONS_AT_ONCE }, invoke));
  return answers;
}

async function createGroup(codeDeploy: CodeDeployClient): Promise<void> {
  await codeDeploy.call("CreateApplication", { applicationName: APPLICATION, computePlatform: "Lambda" });
  await codeDeploy.call("CreateDeploymentGroup", {
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
    serviceRoleArn: "arn:aws:iam::111122223333:role/CodeDeployServiceRole",
    deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes",
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
  });
}

/** Another version differs in its environment: the same code and configuration would be the same version. */
async function publish(lambda: LambdaClient, version: string, more: Readonly<Record<string, string>>): Promise<void> {
  const Variables = { RELEASE: version, ...more };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: FUNCTION, Environment: { Variables } }));
  const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: FUNCTION }));
  expectThat(Version === version, `version ${Version} was published, not ${version}`);
}

/** @param when the traffic moves: the hook is invoked before or after that */
async function deployOf(directory: string, version: string, when: "Before" | "After"): Promise<readonly string[]> {
  const example = await readFile("examples/functions/appspec.yml", "utf8");
  const file = join(directory, `charge-${version}.yml`);
  const text = example.replace('TargetVersion: "2"', `TargetVersion: "${version}"`);
  await writeFile(file, `${text}Hooks:\n  - ${when}AllowTraffic: ${HOOK}\n`);
  return ["deploy", relative(process.cwd(), file), ...PLACE];
}

async function newestOf(codeDeploy: CodeDeployClient): Promise<string> {
  const { deployments = [] } = await codeDeploy.call("ListDeployments", {
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
  });
  return deployments[0] ?? "";
}

/** The weights of the alias, and who answers requests. Both have to be as wanted. */
async function showTraffic(lambda: LambdaClient, ask: Ask, wanted: Readonly<Record<string, number>>): Promise<void> {
  const weights = await weightsOf(lambda);
  const words = Object.entries(weights).map(([version, percent]) => `version ${version} ${percent} %`);
  console.log(`$ aws lambda get-alias --function-name ${FUNCTION} --name ${ALIAS}\n  ${words.join(", ")}`);
  expectThat(
    JSON.stringify(weights) === JSON.stringify(wanted),
    `the alias ${ALIAS} weighs its versions otherwise: ${words.join(", ")}`,
  );
  showShares(await ask(), wanted);
}

/** Percent, by version. */
async function weightsOf(lambda: LambdaClient): Promise<Readonly<Record<string, number>>> {
  const { FunctionVersion = "", RoutingConfig } = await lambda.send(
    new GetAliasCommand({ FunctionName: FUNCTION, Name: ALIAS }),
  );
  const others = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {}).map(
    ([version, weight]) => [version, Math.round(weight * 100)] as const,
  );
  const rest = 100 - others.reduce((sum, [, percent]) => sum + percent, 0);
  return Object.fromEntries([[FunctionVersion, rest], ...others]);
}
