import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ClusterNotFoundException,
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  InvalidParameterException,
  paginateListTasks,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from "@aws-sdk/client-ecs";
import { readAwsProfile, SLUICE_PROFILE } from "@sluice/wire/config/aws-config.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { TEST_IMAGE } from "../containers/test-image.fixture.ts";
import { hasBoto3, whyNoAwsCli } from "../installation/installed-programs.fixture.ts";
import { runProgram } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { type ContainerServer, startContainerServer, whyNoContainers } from "./container-server.fixture.ts";

const whyNot = whyNoContainers() ?? whyNoAwsCli();
/** A busy machine starts containers slowly, and clients' waiters look every 15 seconds. */
const FIVE_MINUTES_MILLISECONDS = 300_000;
const PORT = 8080;

/** Each client mostly waits, for tasks or between two looks: all at once, each with a cluster of its own behind one listener. */
describe.concurrent("ECS on containers of our own", () => {
  let containers: ContainerServer;
  let targetGroupArn: string;
  let listenerPort: number;

  const aws = async (...args: readonly string[]) => {
    const text = await containers.server.aws(...args);
    return text.trim() === "" ? {} : JSON.parse(text);
  };
  const answer = async () => {
    const response = await fetch(`http://127.0.0.1:${listenerPort}/`).catch(() => undefined);
    return response?.status === 200 ? (await response.text()).trim() : undefined;
  };
  const definition = (says: string) => [
    {
      name: "app",
      image: TEST_IMAGE,
      command: ["serves", String(PORT), says],
      portMappings: [{ containerPort: PORT }],
    },
  ];

  beforeAll(async () => {
    if (whyNot) return;
    containers = await startContainerServer();
    listenerPort = await freePort();
    const balancer = await aws("elbv2", "create-load-balancer", "--name", "web");
    const groups = await aws(
      ...["elbv2", "create-target-group", "--name", "blue", "--protocol", "HTTP", "--port", String(PORT)],
      ...["--target-type", "ip", "--health-check-interval-seconds", "5", "--healthy-threshold-count", "2"],
    );
    targetGroupArn = groups.TargetGroups[0].TargetGroupArn;
    await aws(
      ...["elbv2", "create-listener", "--load-balancer-arn", balancer.LoadBalancers[0].LoadBalancerArn],
      ...["--protocol", "HTTP", "--port", String(listenerPort)],
      ...["--default-actions", `Type=forward,TargetGroupArn=${targetGroupArn}`],
    );
  }, FIVE_MINUTES_MILLISECONDS);
  afterAll(() => containers?.close(), FIVE_MINUTES_MILLISECONDS);

  it(
    "the AWS CLI makes a service, waits for it, stops a task, and deletes it",
    async (context) => {
      context.skip(whyNot !== null, whyNot ?? "");
      const of = ["--cluster", "cli"];
      await aws("ecs", "create-cluster", "--cluster-name", "cli");
      const registered = await aws(
        ...["ecs", "register-task-definition", "--family", "cli"],
        ...["--container-definitions", JSON.stringify(definition("cli"))],
      );
      expect(registered.taskDefinition).toMatchObject({ family: "cli", revision: 1, status: "ACTIVE" });
      const created = await aws(
        ...["ecs", "create-service", ...of, "--service-name", "web", "--task-definition", "cli:1"],
        ...["--desired-count", "1", "--deployment-controller", "type=CODE_DEPLOY"],
        ...["--load-balancers", `targetGroupArn=${targetGroupArn},containerName=app,containerPort=${PORT}`],
      );
      expect(created.service).toMatchObject({ status: "ACTIVE", desiredCount: 1 });
      await aws("ecs", "wait", "services-stable", ...of, "--services", "web");
      await until("an answer of the service", async () => (await answer()) === "cli");
      const { taskArns } = await aws("ecs", "list-tasks", ...of, "--service-name", "web");
      await aws("ecs", "wait", "tasks-running", ...of, "--tasks", ...taskArns);
      const { tasks } = await aws("ecs", "describe-tasks", ...of, "--tasks", ...taskArns);
      expect(tasks).toMatchObject([{ lastStatus: "RUNNING", group: "service:web", containers: [{ name: "app" }] }]);
      await aws("ecs", "stop-task", ...of, "--task", taskArns[0], "--reason", "to see another");
      await aws("ecs", "wait", "tasks-stopped", ...of, "--tasks", taskArns[0]);
      const stopped = await aws("ecs", "describe-tasks", ...of, "--tasks", taskArns[0]);
      expect(stopped.tasks).toMatchObject([{ stopCode: "UserInitiated", stoppedReason: "to see another" }]);
      await aws("ecs", "wait", "services-stable", ...of, "--services", "web");
      await aws("ecs", "delete-service", ...of, "--service", "web", "--force");
      await aws("ecs", "wait", "services-inactive", ...of, "--services", "web");
      await aws("ecs", "delete-cluster", ...of);
    },
    FIVE_MINUTES_MILLISECONDS,
  );

  it(
    "boto3 does the same, with its waiters, its pages and its exceptions",
    async (context) => {
      context.skip(whyNot !== null, whyNot ?? "");
      context.skip(!hasBoto3(), "python3 has no boto3: pip install boto3");
      const script = join(import.meta.dirname, "ecs-boto3.py");
      const environment = await containers.server.environment();
      const { stdout, stderr, exitCode } = await runProgram(
        "python3",
        [script, targetGroupArn, TEST_IMAGE],
        environment,
      );
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(JSON.parse(stdout)).toEqual({
        ClusterNotFoundException: "Cluster not found.",
        ServiceNotFoundException: "Service not found.",
        ServiceNotActiveException: "Service was not ACTIVE.",
        InvalidParameterException: expect.stringMatching(/^containerDefinitions\[0\].privileged is refused/),
        ClientException: "Unable to describe task definition.",
        UnknownOperationException: expect.stringMatching(/^Sluice does not serve the operation RunTask of ecs\./),
        failures: [expect.objectContaining({ reason: "MISSING" })],
        pages: 2,
      });
    },
    FIVE_MINUTES_MILLISECONDS,
  );

  it(
    "the AWS SDK for JavaScript does the same, with its waiters, its pages and its classes of errors",
    async (context) => {
      context.skip(whyNot !== null, whyNot ?? "");
      const client = clientOf(containers.server.data);
      const waiting = { client, maxWaitTime: 240, minDelay: 1, maxDelay: 2 };
      try {
        await aws("ecs", "create-cluster", "--cluster-name", "sdk");
        const of = { cluster: "sdk", service: "web" };
        const services = { cluster: "sdk", services: ["web"] };
        await client.send(
          new RegisterTaskDefinitionCommand({ family: "sdk", containerDefinitions: definition("sdk") }),
        );
        await client.send(
          new CreateServiceCommand({
            cluster: "sdk",
            serviceName: "web",
            taskDefinition: "sdk",
            desiredCount: 1,
            deploymentController: { type: "CODE_DEPLOY" },
            loadBalancers: [{ targetGroupArn, containerName: "app", containerPort: PORT }],
          }),
        );
        await waitUntilServicesStable(waiting, services);
        await until("an answer of the service", async () => (await answer()) === "sdk");
        await client.send(new UpdateServiceCommand({ ...of, desiredCount: 3 }));
        await waitUntilServicesStable(waiting, services);
        const tasks: string[] = [];
        for await (const page of paginateListTasks({ client, pageSize: 2 }, { cluster: "sdk" }))
          tasks.push(...(page.taskArns ?? []));
        expect(tasks).toHaveLength(3);
        await waitUntilTasksRunning(waiting, { cluster: "sdk", tasks });
        await client.send(new StopTaskCommand({ cluster: "sdk", task: tasks[0] }));
        await waitUntilTasksStopped(waiting, { cluster: "sdk", tasks: tasks.slice(0, 1) });
        await until("a task in its place", async () => {
          const { services: now } = await client.send(new DescribeServicesCommand(services));
          return now?.[0]?.runningCount === 3;
        });
        await expect(client.send(new DescribeServicesCommand({ ...services, cluster: "none" }))).rejects.toThrow(
          ClusterNotFoundException,
        );
        await expect(client.send(new UpdateServiceCommand({ ...of, taskDefinition: "sdk" }))).rejects.toThrow(
          InvalidParameterException,
        );
        await client.send(new DeleteServiceCommand({ ...of, force: true }));
        await waitUntilServicesInactive(waiting, services);
      } finally {
        client.destroy();
      }
    },
    FIVE_MINUTES_MILLISECONDS,
  );
});

function clientOf(data: string): ECSClient {
  const file = (path: string) => ({ path, text: readFileSync(path, "utf8") });
  const files = { config: file(join(data, "aws/config")), credentials: file(join(data, "aws/credentials")) };
  const { region, credentials, serviceEndpoints } = readAwsProfile(files, SLUICE_PROFILE) ?? {};
  if (!region || !credentials || !serviceEndpoints?.ecs) throw new Error(`${data} has no profile for ECS`);
  const { accessKeyId, secretAccessKey } = credentials;
  return new ECSClient({ endpoint: serviceEndpoints.ecs, region, credentials: { accessKeyId, secretAccessKey } });
}
