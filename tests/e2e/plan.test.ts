import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { UpdateDeploymentGroupCommand } from "@aws-sdk/client-codedeploy";
import type { PlanDeploymentOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hooksAppSpec, tgzBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy, eventOf } from "../installation/code-deploy.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

let server: SluiceServer;
let codeDeploy: CodeDeploy;
let agents: SluiceAgent[] = [];
let darkId: string;
let bundle: Awaited<ReturnType<CodeDeploy["put"]>>;

beforeAll(async () => {
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server);
  const names = ["web-1", "web-2", "web-3"];
  agents = await startSluiceAgents(
    server,
    ["Fleet=plan"],
    names.map((name) => ({ name })),
  );
  darkId = JSON.parse(await server.sluice("hosts", "add", "gone-1", "--tag", "Fleet=plan", "--json")).hostId;
  await codeDeploy.createGroup({ group: "prod", fleet: "plan", config: "CodeDeployDefault.HalfAtATime" });
  bundle = await codeDeploy.put(tgzBundle(hooksAppSpec({ AfterInstall: "hook.sh" }), { "hook.sh": "#!/bin/sh\n" }));
});
afterAll(async () => {
  codeDeploy?.close();
  await Promise.all(agents.map((agent) => agent.close()));
  await server?.close();
});

async function plan(...args: readonly string[]): Promise<PlanDeploymentOutput & { readonly exitCode: number }> {
  const where = ["--application", codeDeploy.application, "--group", "prod", "--json"];
  const { exitCode, stdout, stderr } = await server.run("plan", ...where, ...args);
  expect(stderr).toBe("");
  return { ...JSON.parse(stdout), exitCode };
}

function location(revision: typeof bundle): string {
  return `s3://${revision.s3Location?.bucket}/${revision.s3Location?.key}`;
}

it("plans the batches in which the deployment then goes, with the dark host in its place", async () => {
  const planned = await plan("--s3-location", location(bundle));
  expect(planned).toMatchObject({ canStart: true, obstacles: [], exitCode: 0, end: { status: "Succeeded" } });
  expect(planned.arithmetic).toEqual(["FLEET_PERCENT 50 of 4 hosts, rounded up, is 2: up to 2 at a time"]);
  const ids = agents.map(({ hostId }) => hostId);
  expect(planned.steps.map(({ targetIds }) => targetIds)).toEqual([[darkId, ids[0]], [ids[1]], [ids[2]]]);
  expect(planned.hosts.filter(({ dark }) => dark).map(({ targetId }) => targetId)).toEqual([darkId]);
  expect(planned.warnings.join("\n")).toContain("no ValidateService hook");
  expect(planned.warnings.join("\n")).toContain("gone-1");
  expect(planned.checks).toContainEqual(expect.objectContaining({ subject: "appspec", outcome: "ok" }));

  const deploymentId = await codeDeploy.deploy("prod", bundle);
  const info = await codeDeploy.end(deploymentId);
  expect(info.status).toBe(planned.end?.status);
  expect(info.deploymentOverview).toMatchObject({ Succeeded: 3, Failed: 1, Skipped: 0 });
  const targets = await Promise.all(ids.map((id) => codeDeploy.target(deploymentId, id)));
  for (const [index, target] of targets.slice(1).entries()) {
    const before = targets[index]!;
    const began = eventOf(target, "ApplicationStop").startTime!.getTime();
    expect(began).toBeGreaterThanOrEqual(eventOf(before, "ValidateService").endTime!.getTime());
  }
});

it("foresees the refusal of a bundle that is missing, word for word, and no host is touched", async () => {
  const gone = { ...bundle, s3Location: { ...bundle.s3Location, key: "gone.tgz" } };
  const planned = await plan("--s3-location", location(gone));
  expect(planned).toMatchObject({ canStart: false, exitCode: 1, steps: [] });
  const info = await codeDeploy.end(await codeDeploy.deploy("prod", gone));
  expect(info.status).toBe("Failed");
  expect(info.errorInformation).toMatchObject({ code: "REVISION_MISSING" });
  expect(planned.obstacles).toEqual([info.errorInformation]);
  expect(info.deploymentOverview ?? {}).not.toMatchObject({ Failed: expect.any(Number) });
});

it("foresees that a silent host's turn ends the deployment before any other host has begun", async () => {
  const planned = await plan("--s3-location", location(bundle), "--config", "CodeDeployDefault.OneAtATime");
  expect(planned).toMatchObject({ canStart: false, exitCode: 1 });
  expect(planned.obstacles.map(({ code }) => code)).toEqual(["AGENT_ISSUE"]);
  const info = await codeDeploy.end(await codeDeploy.deploy("prod", bundle, "CodeDeployDefault.OneAtATime"));
  expect(info).toMatchObject({ status: "Failed", errorInformation: { code: "AGENT_ISSUE" } });
  expect(info.deploymentOverview).toMatchObject({ Succeeded: 0, Failed: 1, Skipped: 3 });
});

it("prints what a person wants to see", async () => {
  const { stdout } = await server.run("plan", "--application", codeDeploy.application, "--group", "prod");
  expect(stdout).toMatch(/: can start\n/);
  expect(stdout).toContain("Minimum healthy hosts:\n  FLEET_PERCENT 50 of 4 hosts, rounded up, is 2");
  expect(stdout).toMatch(/^gone-1 +i-[0-9a-f]{17} .* dark /m);
  expect(stdout).toContain("1. deploy to gone-1, web-1");
});

it("hands replacement hosts and leave to go on to the server, which says where they do not belong", async () => {
  const directory = resolve(import.meta.dirname, "../../examples/web");
  const where = ["--application", codeDeploy.application, "--group", "prod"];
  const deployed = await server.run("deploy", directory, ...where, "--target-tag", "Fleet=green");
  expect(deployed.exitCode).toBe(1);
  expect(deployed.stderr).toContain("InvalidTargetInstancesException");
  const planned = await plan("--target-tag", "Fleet=green");
  expect(planned.obstacles.map(({ code }) => code)).toEqual(["InvalidTargetInstancesException"]);

  const deploymentId = await codeDeploy.deploy("prod", bundle);
  for (const options of [[], ["--termination"]]) {
    const continued = await server.run("continue", deploymentId, ...options);
    expect(continued.exitCode).toBe(1);
    expect(continued.stderr).toMatch(/UnsupportedActionForDeploymentType|DeploymentAlreadyCompleted/);
  }
  await codeDeploy.end(deploymentId);
});

it("names the option that is missing where a blue/green group has no replacement hosts named", async () => {
  await codeDeploy.createGroup({ group: "green", fleet: "plan" });
  await codeDeploy.client.send(
    new UpdateDeploymentGroupCommand({
      applicationName: codeDeploy.application,
      currentDeploymentGroupName: "green",
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      loadBalancerInfo: { targetGroupInfoList: [{ name: "web" }] },
      blueGreenDeploymentConfiguration: { greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" } },
    }),
  );
  const where = ["--application", codeDeploy.application, "--group", "green"];
  const directory = resolve(import.meta.dirname, "../../examples/web");
  const cure = /needs replacement hosts: give a tag that they have with --target-tag Key=Value/;
  const earlier = await codeDeploy.deploy("prod", bundle);
  for (const args of [
    ["deploy", directory, ...where],
    ["rollback", ...where, "--to", earlier, "--yes"],
  ]) {
    const { exitCode, stderr } = await server.run(...args);
    expect(exitCode, args[0]).toBe(1);
    expect(stderr).toMatch(cure);
  }
  const planned = await server.run("plan", ...where);
  expect(planned.exitCode).toBe(1);
  expect(planned.stdout).toMatch(cure);
  await codeDeploy.end(earlier);
});

it("does not wait for a pipe in the place of the AppSpec", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-e2e-plan-"));
  try {
    execFileSync("mkfifo", [join(directory, "appspec.yml")]);
    const where = ["--application", codeDeploy.application, "--group", "prod"];
    const { exitCode, stderr } = await server.run("plan", directory, ...where);
    expect(stderr).toContain(`${directory}/appspec.yml is not a file: put a file in its place`);
    expect(exitCode).toBe(1);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it("reads a directory's AppSpec where it is, and finds the one that is not there", async () => {
  const examples = resolve(import.meta.dirname, "../../examples");
  expect(await plan(resolve(examples, "web"))).toMatchObject({ canStart: true, exitCode: 0 });
  expect(await plan(examples)).toMatchObject({ canStart: false, exitCode: 1, obstacles: [{ code: "NO_APPSPEC" }] });
});

describe("an AppSpec that does not do what it seems to say", () => {
  const SPECIFIED = "version: 0.0\nos: linux\nhooks:\n";
  const MISSPELT =
    "appspec.yml line 4: AfterInstal is not a lifecycle event, so its scripts never run, and the deployment succeeds without them. Did you mean AfterInstall?";
  const MISSING = /^appspec\.yml line 5: The script gone\.sh is not in the bundle: every host fails at AfterInstall\./;
  let directory: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-e2e-lint-"));
    await codeDeploy.createGroup({ group: "lint", fleet: "plan", config: "CodeDeployDefault.AllAtOnce" });
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const deploy = (...args: readonly string[]) =>
    server.run("deploy", directory, "--application", codeDeploy.application, "--group", "lint", ...args);
  const write = (hooks: string) => writeFileSync(join(directory, "appspec.yml"), SPECIFIED + hooks);

  it("is told of by plan, deploy, the deployment itself and what follows it", async () => {
    write("  AfterInstal:\n    - location: hook.sh\n");
    writeFileSync(join(directory, "hook.sh"), "#!/bin/sh\n", { mode: 0o755 });
    expect(await plan(directory)).toMatchObject({
      canStart: true,
      exitCode: 0,
      warnings: expect.arrayContaining([MISSPELT]),
    });
    const { stdout, stderr } = await deploy("--watch");
    expect(stderr).toContain(`warning: ${MISSPELT}`);
    const [, deploymentId = ""] = /^(d-\w+) /m.exec(stdout) ?? [];
    expect(stdout).toContain(`${deploymentId} note: ${MISSPELT}`);
    expect((await codeDeploy.deployment(deploymentId)).deploymentStatusMessages).toContain(MISSPELT);
  });

  it("is not uploaded where every host would refuse it; by API it is deployed, fails and says why", async () => {
    write("  AfterInstall:\n    - location: gone.sh\n");
    expect(await plan(directory)).toMatchObject({
      canStart: false,
      exitCode: 1,
      obstacles: [{ code: "INVALID_REVISION", message: expect.stringMatching(MISSING) }],
    });
    const refused = await deploy();
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain(`${directory} was not uploaded, because the deployment would fail:`);

    const revision = await codeDeploy.put(tgzBundle(hooksAppSpec({ AfterInstall: "gone.sh" }), {}));
    const planned = await plan("--s3-location", location(revision));
    expect(planned).toMatchObject({ canStart: true, exitCode: 1 });
    expect(planned.end).toBeUndefined();
    const info = await codeDeploy.end(await codeDeploy.deploy("lint", revision));
    expect(info.status).toBe("Failed");
    expect(
      info.deploymentStatusMessages?.filter((message) => message.includes("gone.sh is not in the bundle")),
    ).toHaveLength(1);
  });
});
