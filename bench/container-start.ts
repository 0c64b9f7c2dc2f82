import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import {
  CreateTaskSetCommand,
  DeleteTaskSetCommand,
  DescribeTaskSetsCommand,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import type { TestEngine } from "../tests/containers/docker-engine.fixture.ts";
import { importTestImage, TEST_IMAGE } from "../tests/containers/test-image.fixture.ts";
import { ask } from "./answered.ts";
import { CLUSTER, CONTAINER_PORT, type ContainerService, SERVICE, untilSo } from "./container-service.ts";
import type { BenchContext, Measured } from "./figure.ts";
import { median, worst } from "./statistics.ts";

const run = promisify(execFile);
const REPETITIONS = 15;
const GOAL_MORE_SECONDS = 0.05;
const POLL_MILLISECONDS = 2;
const NETWORK = "bench";
const COMMAND = ["serves", String(CONTAINER_PORT), "hello"];

/**
 * CreateTaskSet to the first answered request, and `docker run -d` of the same image on the same engine, in turn. Both are polled alike: the engine is
 * asked for the container's address until it runs, and the address until it answers. No health check and no list of tasks is waited for.
 */
export async function containerStart(
  service: ContainerService,
  { repetitions = REPETITIONS, say }: Pick<BenchContext, "repetitions" | "say">,
): Promise<readonly Measured[]> {
  const { engine } = service;
  await importTestImage(engine);
  const docker = async (...words: readonly string[]) =>
    (await run("docker", ["--host", `unix://${engine.socket}`, ...words])).stdout.trim();
  await docker("network", "create", NETWORK);
  const taskDefinition = await registerServing(service);
  const ours: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < repetitions; round++) {
    const [seconds, taskSet] = await timed(engine, () => createTaskSet(service, taskDefinition));
    ours.push(seconds);
    await deleteTaskSet(service, taskSet);
    const words = ["run", "-d", "--network", NETWORK, "--memory", "64m", TEST_IMAGE, ...COMMAND];
    const [reference, container] = await timed(engine, () => docker(...words));
    plain.push(reference);
    await docker("rm", "--force", container);
    say(`${seconds.toFixed(3)} s, docker run -d ${reference.toFixed(3)} s`);
  }
  const more = ours.map((seconds, round) => seconds - (plain[round] ?? 0));
  return [
    {
      figure: "CreateTaskSet to the first answered request, more than docker run -d",
      unit: "s",
      reached: median(more),
      detail:
        `median of ${repetitions} pairs; worst ${worst(more).toFixed(3)}; ` +
        `CreateTaskSet itself: median ${median(ours).toFixed(3)} s, worst ${worst(ours).toFixed(3)} s`,
      goal: { value: GOAL_MORE_SECONDS },
      reference: `docker run -d of the same image, polled alike: median ${median(plain).toFixed(3)} s, worst ${worst(plain).toFixed(3)} s`,
    },
  ];
}

async function registerServing({ ecs }: ContainerService): Promise<string> {
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "serving",
      networkMode: "awsvpc",
      containerDefinitions: [
        {
          name: "web",
          image: TEST_IMAGE,
          command: COMMAND,
          memory: 64,
          // It hears no SIGTERM.
          stopTimeout: 2,
          portMappings: [{ containerPort: CONTAINER_PORT }],
        },
      ],
    }),
  );
  return taskDefinition?.taskDefinitionArn ?? "";
}

async function createTaskSet({ ecs, groups }: ContainerService, taskDefinition: string): Promise<string> {
  const { taskSet } = await ecs.send(
    new CreateTaskSetCommand({
      cluster: CLUSTER,
      service: SERVICE,
      taskDefinition,
      loadBalancers: [{ targetGroupArn: groups.unused, containerName: "web", containerPort: CONTAINER_PORT }],
    }),
  );
  return taskSet?.id ?? "";
}

async function deleteTaskSet({ ecs }: ContainerService, taskSet: string): Promise<void> {
  await ecs.send(new DeleteTaskSetCommand({ cluster: CLUSTER, service: SERVICE, taskSet, force: true }));
  await untilSo(async () => {
    const { taskSets } = await ecs.send(new DescribeTaskSetsCommand({ cluster: CLUSTER, service: SERVICE }));
    return taskSets?.every(({ id }) => id !== taskSet) ?? true;
  });
}

/** @returns seconds from before the act to the first answer, and what the act resolved with */
async function timed(engine: TestEngine, act: () => Promise<string>): Promise<readonly [number, string]> {
  const start = performance.now();
  let failure: unknown;
  const acting = act();
  acting.catch((error: unknown) => {
    failure = error;
  });
  let host: string | undefined;
  for (;;) {
    // Not before it is there: the kernel asks only once a second who has an address.
    host ??= await addressOfRunning(engine);
    const answer = host === undefined ? undefined : await ask({ host, port: CONTAINER_PORT }).catch(() => undefined);
    if (answer !== undefined) return [(performance.now() - start) / 1000, await acting];
    if (failure !== undefined) throw failure;
    await sleep(POLL_MILLISECONDS);
  }
}

async function addressOfRunning({ ask: askEngine }: TestEngine): Promise<string | undefined> {
  const filters = new URLSearchParams({ filters: JSON.stringify({ ancestor: [TEST_IMAGE], status: ["running"] }) });
  const [container] = (await askEngine("GET", `/containers/json?${filters}`)) as readonly {
    readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
  }[];
  const [network] = Object.values(container?.NetworkSettings.Networks ?? {});
  return network?.IPAddress || undefined;
}
