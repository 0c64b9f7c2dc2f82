import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EcsWorld } from "../ecs.fixture.ts";

let folder: string;
let world: EcsWorld;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-ecs-"));
  mkdirSync(join(folder, "data", "logs"), { recursive: true });
  mkdirSync(join(folder, "secret"));
  symlinkSync(join(folder, "secret"), join(folder, "data", "link"));
  world = await EcsWorld.begin({
    socket: join(folder, "data", "docker.sock"),
    folders: [join(folder, "data")],
    secretNames: ["db-password"],
  });
});
afterEach(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const APP: ContainerDefinition = { name: "app", image: "web:1" };
const register = (change: Partial<RegisterTaskDefinitionRequest>) =>
  world.call("RegisterTaskDefinition", { family: "web", containerDefinitions: [APP], ...change });
const registerApp = (change: Partial<ContainerDefinition>, more: Partial<RegisterTaskDefinitionRequest> = {}) =>
  register({ containerDefinitions: [{ ...APP, ...change }], ...more });
const refusal = (change: Partial<RegisterTaskDefinitionRequest>) =>
  world.fault("RegisterTaskDefinition", { family: "web", containerDefinitions: [APP], ...change });
const appRefusal = (change: Partial<ContainerDefinition>, more: Partial<RegisterTaskDefinitionRequest> = {}) =>
  refusal({ containerDefinitions: [{ ...APP, ...change }], ...more });

describe("a task definition", () => {
  it("is described as ECS describes it, with its defaults", async () => {
    const { taskDefinition, tags } = await registerApp(
      {
        memory: 128,
        portMappings: [{ containerPort: 80 }],
        linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["NET_RAW"] } },
        healthCheck: { command: ["CMD-SHELL", "true"] },
      },
      { volumes: [{ name: "scratch" }], tags: [{ key: "team", value: "web" }], requiresCompatibilities: ["EC2"] },
    );
    expect(tags).toEqual([{ key: "team", value: "web" }]);
    expect(taskDefinition).toMatchObject({
      taskDefinitionArn: "arn:aws:ecs:us-east-1:111122223333:task-definition/web:1",
      family: "web",
      revision: 1,
      status: "ACTIVE",
      networkMode: "bridge",
      compatibilities: ["EC2"],
      requiresCompatibilities: ["EC2"],
      volumes: [{ name: "scratch", host: {} }],
      registeredAt: new Date(world.clock.now),
      containerDefinitions: [
        {
          name: "app",
          image: "web:1",
          cpu: 0,
          memory: 128,
          essential: true,
          portMappings: [{ containerPort: 80, hostPort: 0, protocol: "tcp" }],
          environment: [],
          linuxParameters: { initProcessEnabled: true, capabilities: { add: [], drop: ["NET_RAW"] } },
          healthCheck: { command: ["CMD-SHELL", "true"], interval: 30, timeout: 5, retries: 3, startPeriod: 0 },
        },
      ],
    });
    // What is described can be registered again.
    const { containerDefinitions, volumes, networkMode } = taskDefinition!;
    const again = await register({ containerDefinitions, volumes, networkMode });
    expect(again.taskDefinition).toMatchObject({ revision: 2, containerDefinitions });
  });

  it("takes what is written for Fargate, and sizes as people write them", async () => {
    const sized = await register({
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: ".25 vCPU",
      memory: "0.5 GB",
      containerDefinitions: [{ ...APP, portMappings: [{ containerPort: 80, hostPort: 80 }] }],
    });
    expect(sized.taskDefinition).toMatchObject({ cpu: "256", memory: "512", compatibilities: ["EC2", "FARGATE"] });
  });

  it("counts its revisions up, also of those who register at once", async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => register({})));
    expect(made.map(({ taskDefinition }) => taskDefinition?.revision).toSorted()).toEqual([1, 2, 3, 4, 5]);
  });

  it("is found by family, by revision and by ARN, and not any more when it does not exist", async () => {
    await register({});
    await register({});
    for (const [text, revision] of [
      ["web", 2],
      ["web:1", 1],
      ["arn:aws:ecs:us-east-1:111122223333:task-definition/web:1", 1],
    ] as const) {
      const found = await world.call("DescribeTaskDefinition", { taskDefinition: text, include: ["TAGS"] });
      expect(found).toMatchObject({ taskDefinition: { revision }, tags: [] });
    }
    for (const text of ["api", "web:3", "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:1"]) {
      expect(await world.fault("DescribeTaskDefinition", { taskDefinition: text })).toBe(
        "ClientException: Unable to describe task definition.",
      );
    }
  });

  it("shows how long dependents wait for a container, and how long it may take to end", async () => {
    const { taskDefinition } = await registerApp({ startTimeout: 90, stopTimeout: 0 });
    expect(taskDefinition?.containerDefinitions).toMatchObject([{ startTimeout: 90, stopTimeout: 0 }]);
    expect(await appRefusal({ startTimeout: 1 })).toBe(
      "InvalidParameterException: containerDefinitions[0].startTimeout 1 is out of range: give 2 to 3600.",
    );
    expect(await appRefusal({ stopTimeout: 121 })).toContain("stopTimeout 121 is out of range: give 0 to 120.");
  });

  it("is INACTIVE when it was deregistered, and its family means the one before", async () => {
    await register({});
    await register({});
    const gone = await world.call("DeregisterTaskDefinition", { taskDefinition: "web:2" });
    expect(gone.taskDefinition).toMatchObject({ status: "INACTIVE", deregisteredAt: new Date(world.clock.now) });
    expect(await world.call("DeregisterTaskDefinition", { taskDefinition: "web:2" })).toEqual(gone);
    expect((await world.call("DescribeTaskDefinition", { taskDefinition: "web" })).taskDefinition?.revision).toBe(1);
    expect(await world.fault("DeregisterTaskDefinition", { taskDefinition: "web" })).toContain("a family alone");
    expect(await world.fault("DeregisterTaskDefinition", { taskDefinition: "web:9" })).toBe(
      "ClientException: The specified task definition does not exist.",
    );
    expect((await register({})).taskDefinition?.revision).toBe(3);
  });

  it("is listed a page at a time, and its families", async () => {
    for (const family of ["web", "api", "web"]) await register({ family });
    const all: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await world.call("ListTaskDefinitions", { maxResults: 1, nextToken, sort: "DESC" });
      all.push(...(page.taskDefinitionArns ?? []).map((arn) => arn.split("/")[1]!));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(all).toEqual(["web:2", "web:1", "api:1"]);
    const { taskDefinitionArns } = await world.call("ListTaskDefinitions", { familyPrefix: "api" });
    expect(taskDefinitionArns).toEqual(["arn:aws:ecs:us-east-1:111122223333:task-definition/api:1"]);
    await world.call("DeregisterTaskDefinition", { taskDefinition: "api:1" });
    const families = async (status?: "ACTIVE" | "INACTIVE" | "ALL") =>
      (await world.call("ListTaskDefinitionFamilies", { status })).families;
    expect([await families(), await families("INACTIVE"), await families("ALL")]).toEqual([
      ["web"],
      ["api"],
      ["api", "web"],
    ]);
    expect(await world.fault("ListTaskDefinitions", { nextToken: "abc" })).toContain("is not one that");
    expect(await world.fault("ListTaskDefinitions", { maxResults: 101 })).toContain("give 1 to 100");
  });
});

describe("refused, so that a task never has the machine", () => {
  it.each<[string, Partial<ContainerDefinition>]>([
    ["privileged", { privileged: true }],
    ["linuxParameters.capabilities.add", { linuxParameters: { capabilities: { add: ["SYS_ADMIN"] } } }],
    ["linuxParameters.devices", { linuxParameters: { devices: [{ hostPath: "/dev/sda" }] } }],
    ["dockerSecurityOptions", { dockerSecurityOptions: ["seccomp=unconfined"] }],
    ["systemControls", { systemControls: [{ namespace: "kernel.msgmax", value: "1" }] }],
  ])("containerDefinitions[0].%s", async (path, change) => {
    expect(await appRefusal(change)).toMatch(
      new RegExp(`^InvalidParameterException: containerDefinitions\\[0\\].${path.replaceAll(".", "\\.")} is refused`),
    );
  });

  it.each<[string, Partial<RegisterTaskDefinitionRequest>]>([
    ["networkMode host", { networkMode: "host" }],
    ["pidMode", { pidMode: "host" }],
    ["ipcMode", { ipcMode: "host" }],
  ])("%s", async (path, change) => {
    expect(await refusal(change)).toContain(`InvalidParameterException: ${path} is refused`);
  });

  const mounting = (sourcePath: string) => refusal({ volumes: [{ name: "data", host: { sourcePath } }] });

  it("folders that the binding does not allow, wherever links lead", async () => {
    for (const path of ["/etc", "/", folder, join(folder, "data-else"), join(folder, "data", "link")]) {
      expect(await mounting(path)).toMatch(/is not within the folders that the binding .* allows: it allows .*data\./);
    }
    expect(await mounting(join(folder, "data", "none"))).toContain("does not exist on this machine");
    expect(await mounting(`${folder}/data/../secret`)).toContain('without ".."');
    expect(await mounting("data")).toContain("give an absolute path");
  });

  it("the folder that has the engine's socket, and not one beside it", async () => {
    expect(await mounting(join(folder, "data"))).toContain("the container engine's socket is in it");
    const volumes = [{ name: "logs", host: { sourcePath: join(folder, "data", "logs") } }];
    expect((await register({ volumes })).taskDefinition?.volumes).toEqual(volumes);
  });

  it("secrets that the binding does not name", async () => {
    const secrets = (valueFrom: string) => appRefusal({ secrets: [{ name: "PASSWORD", valueFrom }] });
    const arn = "arn:aws:ssm:us-east-1:111122223333:parameter/p";
    expect(await secrets(arn)).toContain(`containerDefinitions[0].secrets[0].valueFrom ${arn} is no secret`);
    expect(await secrets("other")).toContain("it has db-password. Add it under secrets");
    const { taskDefinition } = await registerApp({ secrets: [{ name: "PASSWORD", valueFrom: "db-password" }] });
    expect(taskDefinition?.containerDefinitions?.[0]?.secrets).toEqual([
      { name: "PASSWORD", valueFrom: "db-password" },
    ]);
  });
});

const ROLE = "arn:aws:iam::111122223333:role/web";
const AWSLOGS = { logDriver: "awslogs", options: { "awslogs-group": "/ecs/web" } } as const;

describe("what only AWS has", () => {
  it.each<[string, Partial<RegisterTaskDefinitionRequest>]>([
    ["taskRoleArn", { taskRoleArn: ROLE }],
    ["executionRoleArn", { executionRoleArn: ROLE }],
    ["runtimePlatform", { runtimePlatform: { cpuArchitecture: "ARM64" } }],
  ])("is refused: %s", async (path, change) => {
    expect(await refusal(change)).toMatch(
      new RegExp(`^InvalidParameterException: ${path} is AWS' own: .*awsOnly: ignore`),
    );
  });

  it("is refused of a container, too", async () => {
    expect(await appRefusal({ logConfiguration: AWSLOGS })).toContain(
      "containerDefinitions[0].logConfiguration.logDriver is AWS' own: ",
    );
  });

  it("is taken where sluice.yml says that it is ignored, and shown again", async () => {
    await world.close();
    world = await EcsWorld.begin({ ignoresAwsOnly: true });
    const runtimePlatform = { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" } as const;
    const { taskDefinition } = await registerApp(
      { logConfiguration: AWSLOGS },
      { taskRoleArn: ROLE, executionRoleArn: ROLE, runtimePlatform },
    );
    expect(taskDefinition).toMatchObject({
      taskRoleArn: ROLE,
      executionRoleArn: ROLE,
      runtimePlatform,
      containerDefinitions: [{ logConfiguration: AWSLOGS }],
    });
  });
});

describe("refused by name, since it would do nothing", () => {
  it.each<[string, Partial<RegisterTaskDefinitionRequest>]>([
    ["placementConstraints", { placementConstraints: [{ type: "memberOf", expression: "x" }] }],
    ["volumes[0].efsVolumeConfiguration", { volumes: [{ name: "a", efsVolumeConfiguration: { fileSystemId: "fs" } }] }],
  ])("%s", async (path, change) => {
    expect(await refusal(change)).toContain(`InvalidParameterException: ${path} is not supported: `);
  });

  it.each<[string, Partial<ContainerDefinition>]>([
    ["links", { links: ["other"] }],
    ["dockerLabels", { dockerLabels: { a: "b" } }],
    ["portMappings[0].appProtocol", { portMappings: [{ containerPort: 80, appProtocol: "http" }] }],
    ["restartPolicy", { restartPolicy: { enabled: true } }],
    ["environmentFiles", { environmentFiles: [{ type: "s3", value: "arn:aws:s3:::b/k" }] }],
  ])("containerDefinitions[0].%s", async (path, change) => {
    expect(await appRefusal(change)).toContain(
      `InvalidParameterException: containerDefinitions[0].${path} is not supported: `,
    );
  });

  it("and taken where it asks for nothing, as clients send it", async () => {
    const asked = registerApp(
      {
        privileged: false,
        interactive: false,
        links: [],
        systemControls: [],
        volumesFrom: [],
        restartPolicy: { enabled: false },
        logConfiguration: { logDriver: "json-file" },
      },
      { placementConstraints: [], inferenceAccelerators: [], enableFaultInjection: false },
    );
    await expect(asked).resolves.toBeDefined();
  });
});

describe("a task definition that could not run", () => {
  const side: ContainerDefinition = { name: "side", image: "side:1", essential: false };

  it.each<[string, Partial<RegisterTaskDefinitionRequest>, string]>([
    ["has no family", { family: undefined }, "InvalidParameterException: family must be specified."],
    ["has a family with a slash", { family: "a/b" }, "InvalidParameterException: family a/b is not valid"],
    ["has no containers", { containerDefinitions: [] }, "ClientException: Container list cannot be empty."],
    [
      "has a container without a name",
      { containerDefinitions: [{ image: "i" }] },
      "ClientException: Container.name should",
    ],
    [
      "has a container without an image",
      { containerDefinitions: [{ name: "a" }] },
      "ClientException: Container.image should",
    ],
    [
      "has an image with a space",
      { containerDefinitions: [{ name: "a", image: "a b" }] },
      "ClientException: Container.image contains",
    ],
    [
      "has an image that steers a terminal",
      { containerDefinitions: [APP, { name: "a", image: "App\u001b[2J" }] },
      'ClientException: Container.image contains invalid characters. (containerDefinitions[1].image is "App\\x1b[2J": give [HOST',
    ],
    [
      "has an image with a digest that is too short",
      { containerDefinitions: [{ name: "a", image: "app@sha256:abc" }] },
      'ClientException: Container.image contains invalid characters. (containerDefinitions[0].image is "app@sha256:abc": give a digest of sha256 with 64',
    ],
    [
      "has two containers of a name",
      { containerDefinitions: [APP, APP] },
      "ClientException: Container names must be unique: app",
    ],
    ["has nothing essential", { containerDefinitions: [side] }, "ClientException: At least one container"],
    [
      "has two containers on one port",
      {
        containerDefinitions: [
          { ...APP, portMappings: [{ containerPort: 80 }] },
          { ...side, portMappings: [{ containerPort: 80 }] },
        ],
      },
      "ClientException: containerPort 80/tcp is mapped by app and again by side",
    ],
    [
      "waits in a circle",
      {
        containerDefinitions: [
          { ...APP, dependsOn: [{ containerName: "side", condition: "START" }] },
          { ...side, dependsOn: [{ containerName: "app", condition: "START" }] },
        ],
      },
      "ClientException: The containers app, side depend on each other in a circle.",
    ],
    [
      "waits for the health of what has no check",
      { containerDefinitions: [{ ...APP, dependsOn: [{ containerName: "side", condition: "HEALTHY" }] }, side] },
      "ClientException: The container app waits until side is HEALTHY",
    ],
    [
      "waits for the end of what is essential",
      { containerDefinitions: [APP, { ...side, dependsOn: [{ containerName: "app", condition: "SUCCESS" }] }] },
      "ClientException: The container side waits until app has ended",
    ],
    [
      "mounts what it does not have",
      { containerDefinitions: [{ ...APP, mountPoints: [{ sourceVolume: "x", containerPath: "/x" }] }] },
      "ClientException: Unknown volume 'x'.",
    ],
    [
      "has two host ports that differ in awsvpc",
      {
        networkMode: "awsvpc",
        containerDefinitions: [{ ...APP, portMappings: [{ containerPort: 80, hostPort: 81 }] }],
      },
      "ClientException: When networkMode=awsvpc",
    ],
    [
      "is to have no network",
      { networkMode: "none", containerDefinitions: [APP] },
      "InvalidParameterException: networkMode none is not supported: every task has an address",
    ],
    [
      "is for Fargate in bridge mode",
      { requiresCompatibilities: ["FARGATE"] },
      "ClientException: Fargate only supports",
    ],
    [
      "is for other machines",
      { requiresCompatibilities: ["EXTERNAL"] },
      "InvalidParameterException: requiresCompatibilities EXTERNAL",
    ],
    ["is too small", { cpu: "64" }, "ClientException: Invalid 'cpu' setting for task: 64."],
    ["has a size that is none", { memory: "much" }, "ClientException: Invalid 'memory' setting for task: much."],
    [
      "has less memory than its containers",
      { memory: "128", containerDefinitions: [{ ...APP, memory: 256 }] },
      "ClientException: The containers' memory is 256 MiB, more than the task's 128",
    ],
    [
      "reserves more than it may have",
      { containerDefinitions: [{ ...APP, memory: 64, memoryReservation: 128 }] },
      "ClientException: Invalid setting for container 'app'. memoryReservation 128",
    ],
    [
      "has a variable twice",
      {
        containerDefinitions: [
          {
            ...APP,
            environment: [
              { name: "A", value: "1" },
              { name: "A", value: "2" },
            ],
          },
        ],
      },
      "InvalidParameterException: containerDefinitions[0].environment has A twice",
    ],
    [
      "has a variable and a secret of a name",
      {
        containerDefinitions: [
          { ...APP, environment: [{ name: "A", value: "1" }], secrets: [{ name: "A", valueFrom: "db-password" }] },
        ],
      },
      "ClientException: The secret name must be unique",
    ],
    [
      "is larger than ECS takes",
      { containerDefinitions: [{ ...APP, environment: [{ name: "A", value: "x".repeat(70_000) }] }] },
      "ClientException: The task definition has",
    ],
    [
      "has a check without words",
      { containerDefinitions: [{ ...APP, healthCheck: { command: ["CMD"] } }] },
      "InvalidParameterException: containerDefinitions[0].healthCheck.command is not valid",
    ],
    [
      "has a limit upside down",
      { containerDefinitions: [{ ...APP, ulimits: [{ name: "nofile", softLimit: 2, hardLimit: 1 }] }] },
      "InvalidParameterException: containerDefinitions[0].ulimits[0] is not valid",
    ],
    [
      "has a user who is an option",
      { containerDefinitions: [{ ...APP, user: "--privileged" }] },
      "InvalidParameterException: containerDefinitions[0].user --privileged is not valid",
    ],
    [
      "drops what is no capability",
      { containerDefinitions: [{ ...APP, linuxParameters: { capabilities: { drop: ["net raw"] } } }] },
      "InvalidParameterException: containerDefinitions[0].linuxParameters.capabilities.drop net raw",
    ],
  ])("%s", async (_, change, message) => {
    expect(await refusal(change)).toContain(message);
    expect((await world.call("ListTaskDefinitionFamilies", { status: "ALL" })).families).toEqual([]);
  });
});
