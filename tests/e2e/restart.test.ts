import { globSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CreateDeploymentCommand } from "@aws-sdk/client-codedeploy";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hooksAppSpec } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

let server: SluiceServer;
let codeDeploy: CodeDeploy;
let agents: SluiceAgent[] = [];
let work: string;
let group: readonly string[];
let installedBy: string;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "sluice-e2e-restart-"));
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server);
  agents = await startSluiceAgents(server, ["Fleet=restart"], [{ name: "web-1" }, { name: "web-2" }]);
  await codeDeploy.createGroup({ group: "prod", fleet: "restart" });
  group = ["--application", codeDeploy.application, "--group", "prod"];
});
afterAll(async () => {
  codeDeploy?.close();
  await Promise.all(agents.map((agent) => agent.close()));
  await server?.close();
  rmSync(work, { recursive: true, force: true });
});

const EVENTS = ["ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"];

/** A revision whose scripts write down which event of which deployment ran them. */
function deploy(version: string, config = "CodeDeployDefault.OneAtATime") {
  writeFileSync(join(work, "appspec.yml"), hooksAppSpec(Object.fromEntries(EVENTS.map((event) => [event, "say.sh"]))));
  writeFileSync(join(work, "say.sh"), `#!/bin/sh\necho "${version} $LIFECYCLE_EVENT of $DEPLOYMENT_ID"\n`, {
    mode: 0o755,
  });
  return server.run("deploy", work, ...group, "--config", config, "--watch");
}

function idIn(text: string): string {
  return /\bd-[A-Z0-9]{9}\b/.exec(text)?.[0] ?? "";
}

function linesOf(agent: SluiceAgent): string {
  return globSync(join(agent.directory, "**", "scripts.log"))
    .map((path) => readFileSync(path, "utf8"))
    .join("");
}

it("is refused where there is nothing to restart", async () => {
  const { exitCode, stderr } = await server.run("restart", ...group);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("has no successful deployment, so there is nothing to restart");
});

it("runs the stop and start scripts of what is installed, and downloads and installs nothing", async () => {
  const first = await deploy("one");
  expect(first.exitCode, first.stderr).toBe(0);
  installedBy = idIn(first.stdout);
  // Nobody can fetch the revision any more, and nobody needs to.
  const { revision } = await codeDeploy.deployment(installedBy);
  await server.aws("s3", "rm", `s3://${revision?.s3Location?.bucket}/${revision?.s3Location?.key}`);

  const restarted = await server.run("restart", ...group, "--watch");
  expect(restarted.exitCode, restarted.stderr + restarted.stdout).toBe(0);
  const restartId = idIn(restarted.stdout);
  expect(await codeDeploy.deployment(restartId)).toMatchObject({
    status: "Succeeded",
    deploymentMode: "RESTART",
    creator: "user",
    revision,
  });
  expect((await codeDeploy.deployment(installedBy)).deploymentMode).toBeUndefined();
  const status = await server.sluice("status", restartId);
  expect(status).toMatch(/^Restarted s3:\/\/.* on all 2 hosts of /);
  expect(status).toContain("mode: RESTART");
  for (const agent of agents) {
    for (const event of ["ApplicationStop", "ApplicationStart", "ValidateService"]) {
      expect(linesOf(agent)).toContain(`one ${event} of ${restartId}`);
    }
    expect(linesOf(agent)).not.toContain(`BeforeInstall of ${restartId}`);
    // What the next deployment needs of this one is as it was: the restart has no directory of its own.
    expect(globSync(join(agent.directory, "**", restartId))).toEqual([]);
    const [pointer = ""] = globSync(join(agent.directory, "**", "*_last_successful_install"));
    expect(readFileSync(pointer, "utf8")).toContain(installedBy);
  }
});

it("again, and the deployment after it stops and cleans up what was installed before both", async () => {
  expect((await server.run("restart", ...group, "--watch")).exitCode).toBe(0);
  const next = await deploy("two");
  expect(next.exitCode, next.stderr).toBe(0);
  const nextId = idIn(next.stdout);
  for (const agent of agents) {
    expect(linesOf(agent)).toContain(`one ApplicationStop of ${nextId}`);
    expect(linesOf(agent)).toContain(`two ApplicationStart of ${nextId}`);
  }
  installedBy = nextId;
});

it("fails on a host whose archive is gone, before anything is stopped, and says which", async () => {
  const [, second] = agents;
  const [archive = ""] = globSync(join(second?.directory ?? "", "**", installedBy, "deployment-archive"));
  renameSync(archive, `${dirname(archive)}/elsewhere`);
  const planned = await server.run("plan", ...group, "--restart");
  expect(planned.stdout).toContain("restart web-1");
  const failed = await server.run("restart", ...group, "--watch", "--config", "CodeDeployDefault.AllAtOnce");
  const restartId = idIn(failed.stdout);
  const [target] = (await codeDeploy.targets(restartId)).filter(({ status }) => status === "Failed");
  const events = target?.lifecycleEvents ?? [];
  expect(events.map(({ lifecycleEventName, status }) => [lifecycleEventName, status])).toEqual([
    ["ApplicationStop", "Failed"],
    ["ApplicationStart", "Skipped"],
    ["ValidateService", "Skipped"],
  ]);
  expect(events[0]?.diagnostics?.message).toContain(`${archive} does not exist`);
  expect(linesOf(second!)).not.toContain(`ApplicationStop of ${restartId}`);
  renameSync(`${dirname(archive)}/elsewhere`, archive);
});

it("fails on a host that the group never deployed to, before any host is touched", async () => {
  await server.sluice("hosts", "add", "web-9", "--tag", "Fleet=restart");
  const failed = await server.run("restart", ...group, "--watch", "--config", "CodeDeployDefault.OneAtATime");
  expect(failed.exitCode).toBe(1);
  const restart = await codeDeploy.deployment(idIn(failed.stdout));
  expect(restart.errorInformation?.message).toContain(
    "no deployment of this group is known to have installed a revision on it",
  );
  expect(restart.deploymentOverview).toMatchObject({ Failed: 1, Skipped: 2 });
  expect(restart.rollbackInfo?.rollbackMessage).toBeUndefined();
  await server.sluice("hosts", "remove", "web-9");
});

it("takes no revision, and no fileExistsBehavior", async () => {
  const names = {
    applicationName: codeDeploy.application,
    deploymentGroupName: "prod",
    deploymentMode: "RESTART" as const,
  };
  const { revision } = await codeDeploy.deployment(installedBy);
  await expect(codeDeploy.client.send(new CreateDeploymentCommand({ ...names, revision }))).rejects.toMatchObject({
    name: "InvalidRevisionException",
  });
  await expect(
    codeDeploy.client.send(new CreateDeploymentCommand({ ...names, fileExistsBehavior: "OVERWRITE" })),
  ).rejects.toMatchObject({ name: "InvalidFileExistsBehaviorException" });
  await expect(
    codeDeploy.client.send(new CreateDeploymentCommand({ ...names, updateOutdatedInstancesOnly: true })),
  ).rejects.toMatchObject({ name: "InvalidUpdateOutdatedInstancesOnlyValueException" });
});
