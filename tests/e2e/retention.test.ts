import { existsSync, mkdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { GetDeploymentCommand, ListDeploymentsCommand } from "@aws-sdk/client-codedeploy";
import { openStore } from "@sluice/server/store/open-store.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hooksAppSpec, tgzBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

const YEAR_AND_A_DAY_MILLISECONDS = 366 * 86_400_000;

let server: SluiceServer;
let codeDeploy: CodeDeploy;

beforeAll(async () => {
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server);
});
afterAll(async () => {
  codeDeploy?.close();
  await server?.close();
});

/** Makes all deployments older, while no server runs. */
async function letTimePass(milliseconds: number): Promise<void> {
  await server.kill();
  const store = await openStore({ dataDirectory: server.data });
  await store.write(({ db }) =>
    db
      .updateTable("deployments")
      .set((expression) => ({
        created_at: expression("created_at", "-", milliseconds),
        completed_at: expression("completed_at", "-", milliseconds),
      }))
      .execute(),
  );
  await store.close();
  await server.start();
}

it("a deployment of more than a year ago is gone like CodeDeploy's own, and the newest one of its group is not", async () => {
  await codeDeploy.createGroup({ group: "prod", fleet: "none" });
  const revision = await codeDeploy.put(tgzBundle(hooksAppSpec({})));
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) {
    const id = await codeDeploy.deploy("prod", revision);
    await codeDeploy.end(id);
    ids.push(id);
  }
  expect(await server.sluice("prune", "--dry-run")).toContain("Nothing to remove");

  await letTimePass(YEAR_AND_A_DAY_MILLISECONDS);
  const preview = JSON.parse(await server.sluice("prune", "--dry-run", "--json"));
  expect(preview).toMatchObject([{ applicationName: "web", deploymentGroupName: "prod", deployments: 2 }]);
  expect(preview[0].databaseBytes).toBeGreaterThan(1_000);
  const [first, second, last] = ids as [string, string, string];
  expect(await codeDeploy.deployment(first)).toMatchObject({ status: "Failed" });

  const lost = join(server.data, "logs/d-LOST");
  mkdirSync(lost, { recursive: true });
  utimesSync(lost, 0, 0);
  expect(await server.sluice("prune", "--dry-run")).toMatch(/Logs without .* would be removed .*: d-LOST/);
  expect(existsSync(lost)).toBe(true);
  const pruned = await server.run("prune", "--json");
  expect(JSON.parse(pruned.stdout)).toMatchObject([{ deployments: 2 }]);
  expect(pruned.stderr).toContain("d-LOST");
  expect(server.log()).toContain("d-LOST");
  expect(existsSync(lost)).toBe(false);
  for (const deploymentId of [first, second]) {
    await expect(codeDeploy.client.send(new GetDeploymentCommand({ deploymentId }))).rejects.toMatchObject({
      name: "DeploymentDoesNotExistException",
    });
  }
  const listed = await codeDeploy.client.send(
    new ListDeploymentsCommand({ applicationName: codeDeploy.application, deploymentGroupName: "prod" }),
  );
  expect(listed.deployments).toEqual([last]);
  expect(await codeDeploy.deployment(last)).toMatchObject({ status: "Failed" });

  const metrics = await (await fetch(`${server.url()}/metrics`)).text();
  const metric = (name: string) => Number(new RegExp(`^${name} (.*)$`, "m").exec(metrics)?.[1]);
  expect(metric("sluice_pruned_deployments_total")).toBe(2);
  expect(metric("sluice_prune_failures_total")).toBe(0);
  expect(metric("sluice_database_bytes")).toBeGreaterThan(10_000);
  expect(metric("sluice_oldest_deployment_age_seconds")).toBeGreaterThan(365 * 86_400);
  expect(Date.now() / 1000 - metric("sluice_prune_last_run_timestamp_seconds")).toBeLessThan(600);
});
