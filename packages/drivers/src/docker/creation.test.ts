import { describe, expect, it } from "vitest";
import { newContainerPlan, newSandboxPlan } from "../contracts/container-engine-contract.fixture.ts";
import { creationOf } from "./creation.ts";

const NEEDS = { installation: "a1", image: "app:1", secrets: {}, folders: new Map<string, string>() };
const TASK = newContainerPlan("app:1").taskId;

describe("what the engine is asked for", () => {
  it("is safe whatever the plan says", () => {
    for (const plan of [newContainerPlan("app:1"), newSandboxPlan()]) {
      expect(creationOf(plan, NEEDS)).toMatchObject({
        Healthcheck: { Test: ["NONE"] },
        HostConfig: {
          NetworkMode: "sluice-a1",
          Privileged: false,
          CapAdd: [],
          SecurityOpt: ["no-new-privileges"],
          IpcMode: "private",
          PidMode: "",
          UTSMode: "",
          PublishAllPorts: false,
          AutoRemove: false,
          RestartPolicy: { Name: "no" },
        },
      });
    }
  });

  it("gives a sandbox nothing that it does not need", () => {
    const plan = newSandboxPlan({ isRootReadOnly: false, droppedCapabilities: [] });
    expect(creationOf(plan, { ...NEEDS, image: "sandbox:1" })).toMatchObject({
      Image: "sandbox:1",
      Entrypoint: ["/wait"],
      Cmd: [],
      User: "65534:65534",
      Env: [],
      HostConfig: { CapDrop: ["ALL"], ReadonlyRootfs: true },
    });
  });

  it("leaves to the image what the plan leaves out", () => {
    const creation = creationOf(newContainerPlan("app:1", { command: undefined }), NEEDS);
    for (const key of ["Entrypoint", "Cmd", "User", "WorkingDir", "Hostname"]) expect(creation).not.toHaveProperty(key);
  });

  it("joins the network of the task's sandbox", () => {
    const creation = creationOf(newContainerPlan("app:1", { network: { kind: "of-task" } }), NEEDS);
    expect(creation).toMatchObject({ HostConfig: { NetworkMode: `container:sluice-a1-${TASK}-.sandbox` } });
  });

  it("publishes ports on loopback, one container port more than once", () => {
    const ports = [
      { containerPort: 80, protocol: "tcp", hostPort: 0 },
      { containerPort: 80, protocol: "tcp", hostPort: 8080 },
      { containerPort: 53, protocol: "udp", hostPort: 0 },
    ] as const;
    const plan = newContainerPlan("app:1", { network: { kind: "own", publishedPorts: ports } });
    const any = { HostIp: "127.0.0.1", HostPort: "" };
    expect(creationOf(plan, NEEDS)).toMatchObject({
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
      HostConfig: { PortBindings: { "80/tcp": [any, { ...any, HostPort: "8080" }], "53/udp": [any] } },
    });
  });

  it("counts times in nanoseconds, and cores in their billionth parts", () => {
    const healthCheck = {
      command: ["CMD-SHELL", "true"],
      intervalSeconds: 30,
      timeoutSeconds: 5,
      retries: 3,
      startPeriodSeconds: 0,
    };
    expect(creationOf(newContainerPlan("app:1", { healthCheck, cpuCores: 0.25 }), NEEDS)).toMatchObject({
      Healthcheck: { Test: ["CMD-SHELL", "true"], Interval: 30e9, Timeout: 5e9, Retries: 3, StartPeriod: 0 },
      HostConfig: { NanoCpus: 250_000_000 },
    });
  });

  it("mounts a folder where it really is, and an empty one by the task's own volume", () => {
    const mounts = [
      { volumeName: "data", folder: "/srv/link", containerPath: "/data", isReadOnly: true },
      { volumeName: "scratch", folder: null, containerPath: "/scratch", isReadOnly: false },
    ];
    const needs = { ...NEEDS, folders: new Map([["/srv/link", "/srv/data"]]) };
    expect(creationOf(newContainerPlan("app:1", { mounts }), needs)).toMatchObject({
      HostConfig: {
        Mounts: [
          { Type: "bind", Source: "/srv/data", Target: "/data", ReadOnly: true },
          { Type: "volume", Source: `sluice-a1-${TASK}-scratch`, Target: "/scratch", ReadOnly: false },
        ],
      },
    });
  });

  it("has the secrets among the variables, and the plan's labels beneath its own", () => {
    const plan = newContainerPlan("app:1", {
      environment: { A: "1", B: "2" },
      labels: { team: "shop", "sluice.task": "x", "sluice.role": "sandbox" },
    });
    expect(creationOf(plan, { ...NEEDS, secrets: { B: "secret" } })).toMatchObject({
      Env: ["A=1", "B=secret"],
      Labels: { team: "shop", "sluice.task": TASK, "sluice.role": "application", "sluice.installation": "a1" },
    });
  });
});
