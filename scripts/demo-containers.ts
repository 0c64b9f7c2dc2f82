import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type CodeDeployClient, codeDeployClient, sluiceClient } from "@sluice/wire/client/clients.ts";
import { connectionTo, resolveConnection } from "@sluice/wire/config/connection.ts";
import { EXAMPLE_IMAGE } from "./container-image.ts";
import { hasHaproxy } from "./demo-bindings.ts";
import { countAnswers, type Load, startLoad } from "./demo-load.ts";
import { SHOWN_REQUESTS, showShares, until } from "./demo-shares.ts";
import { expectThat, say, sluice, start } from "./demo-stage.ts";
import { askDocker, DOCKER_SOCKET, removeInstallation } from "./docker-socket.ts";
import { freePort } from "./free-port.ts";

const APPLICATION = "shop";
const GROUP = "live";
const CLUSTER = "demo";
const PLACE = ["--application", APPLICATION, "--group", GROUP] as const;
const TASKS = 2;
const CANARY_PERCENT = 10;

/** Why there can be no containers here, with how to get what is missing; undefined: there can be. */
export async function whyNoContainers(): Promise<string | undefined> {
  const docker = await askDocker("GET", "/_ping").then(
    ({ status }) => (status === 200 ? undefined : `answers ${status}`),
    ({ code, message }: NodeJS.ErrnoException) =>
      code === "EACCES" ? "may not be used by this user" : code === "ENOENT" ? "does not exist" : message,
  );
  const isBalanced = await hasHaproxy();
  const missing = [
    ...(docker === undefined ? [] : [`no Docker Engine answers (${DOCKER_SOCKET} ${docker})`]),
    ...(isBalanced ? [] : ["HAProxy is not installed"]),
  ];
  const packages = [...(docker === undefined ? [] : ["docker.io"]), ...(isBalanced ? [] : ["haproxy"])];
  if (missing.length === 0) return undefined;
  const isForbidden = docker === "may not be used by this user";
  const cure = isForbidden
    ? "Run the demo as root"
    : `To install what is missing on Debian, as root: apt-get install ${packages.join(" ")}`;
  return `${missing.join(", and ")}. ${cure}`;
}

/** The demo's own name of the example's image: one that was there before is another one, and stays. */
function imageOf(directory: string): string {
  return `sluice-${directory.split("-").at(-1)?.toLowerCase()}/${EXAMPLE_IMAGE.split("/").at(-1)}`;
}

/** A canary of containers, and a bad version, under steady load. */
export async function playContainers(directory: string, dataDirectory: string): Promise<void> {
  say("Containers: the same by ECS' calls, on this machine's Docker Engine and an HAProxy that the server runs");
  await importImage(directory);
  const connection = resolveConnection({ data: dataDirectory });
  const codeDeploy = codeDeployClient(connectionTo(connection, "codedeploy"));
  const own = sluiceClient(connectionTo(connection, "sluice"));
  const url = await createService(directory, dataDirectory, codeDeploy);
  const load = startLoad(url);
  try {
    await showAnswers(url, { "1": 100 });

    say(`Version 2 as a canary: ${CANARY_PERCENT} % of the traffic first`);
    await writeVersion(directory, "2", {});
    expectThat((await sluice(...deployOf(directory, "2"))) === 0, "version 2 was not deployed");
    const id = await newestOf(codeDeploy);
    await until(`the shift of ${id}`, async () => {
      const { shift } = await own.call("GetDeploymentWaits", { deploymentId: id });
      return shift?.percent === CANARY_PERCENT;
    });
    await showAnswers(url, { "1": 100 - CANARY_PERCENT, "2": CANARY_PERCENT });

    say("It is well, so the rest of the traffic need not wait for five minutes");
    expectThat((await sluice("shift", "next", id)) === 0, `the shift of ${id} did not go on`);
    expectThat((await sluice("watch", id)) === 0, `${id} did not succeed`);
    await showAnswers(url, { "2": 100 });

    say("Version 3 ends as soon as it starts. The deployment fails early, and is rolled back by itself");
    await writeVersion(directory, "3", { TROUBLE: "exits" });
    const status = await sluice(...deployOf(directory, "3"), "--watch");
    expectThat(status === 1, `the bad version ended with status ${status}, not 1`);
    await showAnswers(url, { "2": 100 });
    await sayWhatWasLost(load);
  } finally {
    await load.end();
    codeDeploy.close();
    own.close();
  }
}

/** What the demo has made in the engine. To be called when its server has ended. */
export async function removeContainers(directory: string, dataDirectory: string): Promise<void> {
  const own = await readFile(join(dataDirectory, "database.json"), "utf8").catch(() => undefined);
  if (own === undefined) return;
  await removeInstallation((JSON.parse(own) as { readonly id: string }).id);
  await askDocker("DELETE", `/images/${imageOf(directory)}`);
}

async function importImage(directory: string): Promise<void> {
  console.log(
    `The image is made of the Node that Sluice runs on and examples/containers/server.mjs: ${imageOf(directory)}`,
  );
  // A program of its own ends in order when the demo does. What it packs lies in the demo's directory meanwhile.
  const words = ["scripts/container-image.ts", "--socket", DOCKER_SOCKET, "--image", imageOf(directory)];
  const child = start("env", [`TMPDIR=${directory}`, process.execPath, ...words], "piped");
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  const [status] = await once(child, "close");
  expectThat(status === 0, `the image was not made: ${said}`);
}

/** Two tasks of version 1 behind a listener. Gives where it answers. */
async function createService(directory: string, dataDirectory: string, codeDeploy: CodeDeployClient): Promise<string> {
  const { region, credentials, endpoints } = resolveConnection({ data: dataDirectory });
  const { accessKeyId, secretAccessKey } = credentials;
  const options = { endpoint: endpoints.sluice, region, credentials: { accessKeyId, secretAccessKey } };
  const ecs = new ECSClient(options);
  const elb = new ElasticLoadBalancingV2Client(options);
  const port = await freePort();
  const group = async (Name: string) => {
    const made = await elb.send(
      new CreateTargetGroupCommand({
        Name,
        Protocol: "HTTP",
        Port: 8080,
        TargetType: "ip",
        HealthCheckPath: "/health",
        HealthCheckIntervalSeconds: 1,
        HealthCheckTimeoutSeconds: 1,
      }),
    );
    return made.TargetGroups?.[0]?.TargetGroupArn ?? "";
  };
  try {
    const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: "shop", Subnets: ["subnet-1"] }));
    const [blue] = [await group("blue"), await group("green")];
    const { Listeners } = await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
        Protocol: "HTTP",
        Port: port,
        DefaultActions: [{ Type: "forward", TargetGroupArn: blue }],
      }),
    );
    await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
    const definition = JSON.parse(await readFile(await writeVersion(directory, "1", {}), "utf8"));
    const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(definition));
    await ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName: APPLICATION,
        taskDefinition: taskDefinition?.taskDefinitionArn,
        desiredCount: TASKS,
        deploymentController: { type: "CODE_DEPLOY" },
        loadBalancers: [{ targetGroupArn: blue, containerName: "web", containerPort: 8080 }],
      }),
    );
    await createGroup(codeDeploy, Listeners?.[0]?.ListenerArn ?? "");
  } finally {
    ecs.destroy();
    elb.destroy();
  }
  const url = `http://127.0.0.1:${port}/`;
  await until(`the service at ${url}`, async () => (await fetch(url).catch(() => undefined))?.ok === true);
  console.log(`The service ${CLUSTER}/${APPLICATION} is up: ${TASKS} tasks behind ${url}`);
  return url;
}

async function createGroup(codeDeploy: CodeDeployClient, listenerArn: string): Promise<void> {
  await codeDeploy.call("CreateApplication", { applicationName: APPLICATION, computePlatform: "ECS" });
  await codeDeploy.call("CreateDeploymentGroup", {
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
    serviceRoleArn: "arn:aws:iam::111122223333:role/CodeDeployServiceRole",
    deploymentConfigName: "CodeDeployDefault.ECSCanary10Percent5Minutes",
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    ecsServices: [{ clusterName: CLUSTER, serviceName: APPLICATION }],
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        { targetGroups: [{ name: "blue" }, { name: "green" }], prodTrafficRoute: { listenerArns: [listenerArn] } },
      ],
    },
    blueGreenDeploymentConfiguration: {
      terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 0 },
      deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
    },
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
  });
}

/** examples/containers/task-definition.json with another version in its environment. Gives the file. */
async function writeVersion(
  directory: string,
  version: string,
  more: Readonly<Record<string, string>>,
): Promise<string> {
  const definition = JSON.parse(await readFile("examples/containers/task-definition.json", "utf8"));
  const [container] = definition.containerDefinitions;
  container.image = imageOf(directory);
  container.environment = Object.entries({ VERSION: version, ...more }).map(([name, value]) => ({ name, value }));
  const file = join(directory, `version-${version}.json`);
  await writeFile(file, JSON.stringify(definition, undefined, 2));
  return file;
}

function deployOf(directory: string, version: string): readonly string[] {
  const definition = relative(process.cwd(), join(directory, `version-${version}.json`));
  return ["deploy", "examples/containers/appspec.yml", "--task-definition", definition, ...PLACE];
}

async function newestOf(codeDeploy: CodeDeployClient): Promise<string> {
  const { deployments = [] } = await codeDeploy.call("ListDeployments", {
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
  });
  return deployments[0] ?? "";
}

/** How many of some requests each version answers, by curl. */
async function showAnswers(url: string, wanted: Readonly<Record<string, number>>): Promise<void> {
  showShares(await countAnswers(url, SHOWN_REQUESTS), wanted);
}

async function sayWhatWasLost(load: Load): Promise<void> {
  const { requests, failures } = await load.end();
  say(`Of ${requests} requests that were sent all the while, ${failures.length} failed`);
  expectThat(failures.length === 0, `requests have failed, such as: ${failures[0]}`);
  expectThat(requests > 0, "no request was sent");
}
