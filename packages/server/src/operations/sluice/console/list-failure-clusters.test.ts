import { hostEvent, hostTarget } from "@sluice/engine/target.fixture.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deploymentRow } from "../../../store/rows.fixture.ts";
import { insertTargets } from "../../../store/targets.ts";
import { type TestInstallation, testInstallation } from "../installation.fixture.ts";
import { listFailureClusters } from "./list-failure-clusters.ts";

const HOSTS = 37;
let installation: TestInstallation;

beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.close());

async function failedDeployment(deploymentId: string, hosts: number): Promise<void> {
  const { store, logs } = installation.context;
  const targets = Array.from({ length: hosts }, (_, index) =>
    hostTarget(`i-${index}`, {
      hostName: `web-${index}`,
      status: "Failed",
      lifecycleEvents: [
        hostEvent("ApplicationStart", {
          status: "Failed",
          // The last host failed first.
          endedAt: 10_000 - index,
          diagnostics: { errorCode: "ScriptFailed", scriptName: "start.sh", message: "exit code 1", logTail: "" },
        }),
      ],
    }),
  );
  await store.write(async (transaction) => {
    await transaction.db.insertInto("deployments").values(deploymentRow(deploymentId)).execute();
    await insertTargets(transaction, deploymentId, targets);
  });
  const lines = targets.flatMap(({ targetId, hostName }) =>
    [`installing on ${hostName}\n`, `${hostName}: cannot reach the database: Connection refused\n`, "bye\n"].map(
      (text, sequence) => ({
        hostCommandIdentifier: "command-1",
        sequence,
        targetId,
        lifecycleEvent: "ApplicationStart",
        at: 0,
        stream: "stderr" as const,
        scriptName: "start.sh",
        text,
      }),
    ),
  );
  await logs.append(deploymentId, lines);
}

it("has the same line of 37 hosts once, as the first to fail wrote it", async () => {
  await failedDeployment("d-FAILED001", HOSTS);
  const { clusters } = await listFailureClusters({ deploymentId: "d-FAILED001" }, installation.context);
  expect(clusters).toHaveLength(1);
  expect(clusters[0]?.targetIds).toHaveLength(HOSTS);
  expect(clusters[0]).toMatchObject({
    line: "web-36: cannot reach the database: Connection refused",
    sample: ["installing on web-36", "web-36: cannot reach the database: Connection refused", "bye"],
  });
  expect(clusters[0]?.hostNames.slice(0, 2)).toEqual(["web-36", "web-35"]);
});

it("has none where nothing failed, and knows no deployment that is not there", async () => {
  await installation.context.store.write(({ db }) =>
    db
      .insertInto("deployments")
      .values(deploymentRow("d-CREATED01", { deployment_group_id: "group-2" }))
      .execute(),
  );
  expect(await listFailureClusters({ deploymentId: "d-CREATED01" }, installation.context)).toEqual({ clusters: [] });
  await expect(listFailureClusters({ deploymentId: "d-NONE00001" }, installation.context)).rejects.toMatchObject({
    code: "DeploymentDoesNotExistException",
  });
});
