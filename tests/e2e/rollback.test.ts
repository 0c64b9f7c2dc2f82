import { globSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UpdateDeploymentGroupCommand } from "@aws-sdk/client-codedeploy";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hooksAppSpec, tgzBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

let server: SluiceServer;
let codeDeploy: CodeDeploy;
let agents: SluiceAgent[] = [];
let work: string;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "sluice-e2e-rollback-"));
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server);
  agents = await startSluiceAgents(server, ["Fleet=rollback"], [{ name: "web-1" }, { name: "web-2" }]);
  await codeDeploy.createGroup({ group: "prod", fleet: "rollback" });
  await codeDeploy.client.send(
    new UpdateDeploymentGroupCommand({
      applicationName: codeDeploy.application,
      currentDeploymentGroupName: "prod",
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
    }),
  );
});
afterAll(async () => {
  codeDeploy?.close();
  await Promise.all(agents.map((agent) => agent.close()));
  await server?.close();
  rmSync(work, { recursive: true, force: true });
});

function deploy(check: string) {
  writeFileSync(join(work, "appspec.yml"), hooksAppSpec({ ValidateService: "check.sh", OnFailure: "clean.sh" }));
  writeFileSync(join(work, "clean.sh"), "#!/bin/sh\necho cleaning up after $FAILED_LIFECYCLE_EVENT\n", { mode: 0o755 });
  writeFileSync(join(work, "check.sh"), `#!/bin/sh\n${check}\n`, { mode: 0o755 });
  return server.run("deploy", work, "--application", codeDeploy.application, "--group", "prod", "--watch");
}

function bundleOf(directory: string, deploymentId: string) {
  const [path = ""] = globSync(join(directory, "**", deploymentId, "bundle.tar"));
  return statSync(path);
}

it("a failed deployment is rolled back, both say so, and the group stays marked until a person has seen it", async () => {
  const good = await deploy("echo fine");
  expect(good.exitCode, good.stderr).toBe(0);
  const goodId = /\bd-[A-Z0-9]{9}\b/.exec(good.stdout)?.[0] ?? "";

  const bad = await deploy("echo broken; exit 3");
  expect(bad.exitCode).toBe(1);
  const badId = /\bd-[A-Z0-9]{9}\b/.exec(bad.stdout)?.[0] ?? "";
  const failed = await codeDeploy.deployment(badId);
  expect(failed.status).toBe("Failed");
  expect(await server.sluice("logs", badId)).toContain("cleaning up after ValidateService");
  const rollbackId = failed.rollbackInfo?.rollbackDeploymentId ?? "";
  expect(failed.rollbackInfo?.rollbackMessage).toBe(
    `Deployment ${badId} terminated. Automatic rollback is triggered with a DeploymentId ${rollbackId}.`,
  );

  // The watch of the failed deployment followed its rollback to the end.
  const rollback = await codeDeploy.deployment(rollbackId);
  expect(rollback).toMatchObject({
    status: "Succeeded",
    creator: "codeDeployRollback",
    revision: (await codeDeploy.deployment(goodId)).revision,
    rollbackInfo: { rollbackTriggeringDeploymentId: badId },
  });
  expect(bad.stdout).toContain(`${rollbackId} Succeeded`);
  for (const { directory } of agents) {
    // One file under two names: the host held the bundle of the last success, and nothing was downloaded.
    expect(bundleOf(directory, rollbackId).ino).toBe(bundleOf(directory, goodId).ino);
    expect(bundleOf(directory, badId).ino).not.toBe(bundleOf(directory, goodId).ino);
  }

  // What runs is what the rollback brought back: there is no other revision yet.
  const nowhere = await server.run("rollback", "--application", codeDeploy.application, "--group", "prod");
  expect(nowhere.exitCode).toBe(1);
  expect(nowhere.stderr).toMatch(/No other revision was deployed successfully before it.*--to/);

  expect(await server.sluice("ack")).toContain(badId);
  await server.sluice("ack", "--application", codeDeploy.application, "--group", "prod");
  expect(await server.sluice("ack")).toContain("No group is rolled back.");
});

it("by hand goes to the last revision that is not what runs, says so first, and goes no further by itself", async () => {
  const group = ["--application", codeDeploy.application, "--group", "prod"];
  const idIn = (text: string) => /\bd-[A-Z0-9]{9}\b/.exec(text)?.[0] ?? "";
  const firstId = idIn((await deploy("echo first")).stdout);
  const revision = (await codeDeploy.deployment(firstId)).revision;
  expect((await deploy("echo second")).exitCode).toBe(0);
  expect((await deploy("echo second")).exitCode).toBe(0);

  // Nobody is there to be asked.
  const asked = await server.run("rollback", ...group, "--watch");
  expect(asked.exitCode).toBe(2);
  const where = `${codeDeploy.application}/prod will be rolled back to s3://${revision?.s3Location?.bucket}/${revision?.s3Location?.key}, the revision of ${firstId} (20`;
  expect(asked.stderr).toContain(where);
  expect(asked.stderr).toContain(`sluice rollback ${group.join(" ")} --watch --data ${server.data} --yes`);

  const back = await server.run("rollback", ...group, "--watch", "--yes");
  expect(back.exitCode, back.stderr).toBe(0);
  expect(back.stderr).toContain(where);
  const backId = idIn(back.stdout);
  expect((await codeDeploy.deployment(backId)).revision).toEqual(revision);

  const again = await server.run("rollback", ...group, "--yes");
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toContain(`, which the rollback ${backId} deployed.`);
  expect(again.stderr).toMatch(/To roll back further, to s3:.*: sluice rollback .* --to d-[A-Z0-9]{9}/);
});

it("does not go further back than the automatic rollback of a failure did", async () => {
  expect((await deploy("echo broken; exit 3")).exitCode).toBe(1);
  const again = await server.run("rollback", "--application", codeDeploy.application, "--group", "prod", "--yes");
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toMatch(/already runs .*, which the rollback d-[A-Z0-9]{9} deployed/);
});

it("by hand keeps why with both deployments, after failures that say the same and a difference of one file", async () => {
  const idIn = (text: string) => /\bd-[A-Z0-9]{9}\b/.exec(text)?.[0] ?? "";
  const goodId = idIn((await deploy("echo good")).stdout);
  const words = 'echo "starting $$"; echo "cannot reach 10.0.0.1:$$: Connection refused" >&2; exit 3';
  const badId = idIn((await deploy(words)).stdout);

  const clusters = JSON.parse(await server.sluice("failures", badId, "--json"));
  expect(clusters).toMatchObject([
    {
      lifecycleEvent: "ValidateService",
      errorCode: "ScriptFailed",
      scriptName: "check.sh",
      line: expect.stringMatching(/^cannot reach 10\.0\.0\.1:\d+: Connection refused$/),
      sample: [expect.stringMatching(/^starting \d+$/), expect.stringContaining("Connection refused")],
    },
  ]);
  expect(clusters[0].hostNames.toSorted()).toEqual(["web-1", "web-2"]);
  expect(await server.sluice("failures", badId)).toContain("2 hosts in ValidateService: cannot reach 10.0.0.1:");

  const difference = JSON.parse(await server.sluice("diff", goodId, badId, "--json"));
  expect(difference.revision).toMatchObject({ isSame: false, files: [{ path: "check.sh", change: "changed" }] });
  expect(difference.settings).toEqual([]);

  const group = ["--application", codeDeploy.application, "--group", "prod"];
  const attempted = (await codeDeploy.deployment(badId)).rollbackInfo?.rollbackDeploymentId ?? "";
  const why = "web-2 was shown to customers";
  const back = await server.run("rollback", ...group, "--to", goodId, "--reason", why, "--watch", "--yes");
  expect(back.exitCode, back.stderr).toBe(0);
  expect(await server.sluice("deployments", "show", attempted)).toMatch(`: ${why}`);
  expect(await server.sluice("deployments", "show", idIn(back.stdout))).toMatch(`: ${why}`);
});

it("the OnFailure hook of a host whose agent was killed runs when that is back, and what it prints arrives", async () => {
  const bundle = tgzBundle(hooksAppSpec({ ValidateService: "slow.sh", OnFailure: "clean.sh" }), {
    "slow.sh": "#!/bin/sh\necho begun\nexec sleep 600\n",
    "clean.sh": '#!/bin/sh\necho "after $FAILED_LIFECYCLE_EVENT: $FAILED_REASON"\n',
  });
  const deploymentId = await codeDeploy.deploy("prod", await codeDeploy.put(bundle));
  const logs = () => server.sluice("logs", deploymentId);
  await until("the scripts to run", async () => (await logs()).match(/begun/g)?.length === agents.length);
  for (const agent of agents) await agent.kill();
  for (const agent of agents) agent.start();
  expect((await codeDeploy.end(deploymentId)).status).toBe("Failed");
  const told = /after ValidateService: Failing in-progress lifecycle event/g;
  await until("the hook's output", async () => (await logs()).match(told)?.length === agents.length);
});
