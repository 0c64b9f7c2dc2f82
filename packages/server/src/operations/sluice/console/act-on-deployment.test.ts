import { revisionKey } from "@sluice/model/revision-location.ts";
import type { ActOnDeploymentInput } from "@sluice/wire/sluice/console-api.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEPLOYMENT_HEAD, DEPLOYMENT_INTENT, DEPLOYMENT_REVISION } from "../../../store/columns/deployment-columns.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import { notesOf } from "../../../store/deployment-notes.ts";
import { readHead } from "../../../store/deployments.ts";
import { createdHead, deploymentRow } from "../../../store/rows.fixture.ts";
import { CODEDEPLOY_HANDLERS } from "../../codedeploy/codedeploy-operations.ts";
import { type TestInstallation, testInstallation } from "../installation.fixture.ts";
import { actOnDeployment } from "./act-on-deployment.ts";

let installation: TestInstallation;
let id: string;

const revision = (key: string) =>
  ({ revisionType: "S3", s3Location: { bucket: "b", key, bundleType: "zip" } }) as const;
const act = (input: Partial<ActOnDeploymentInput>) =>
  actOnDeployment({ deploymentId: id, action: "stop", reason: "it is Friday", ...input }, installation.context);
const notes = (deploymentId = id) => notesOf(installation.context.store.db, deploymentId);

async function deploy(key: string): Promise<string> {
  installation.clock.now += 1_000;
  const context = { ...installation.context, ...installation.context.codeDeploy };
  const { deploymentId } = await CODEDEPLOY_HANDLERS.CreateDeployment(
    { applicationName: "shop", deploymentGroupName: "prod", revision: revision(key) },
    context,
  );
  return deploymentId!;
}

/** As if it had ended. */
async function end(deploymentId: string, status: "Succeeded" | "Failed"): Promise<void> {
  await installation.context.store.write(async ({ db }) => {
    const row = (await findDeployment(db, deploymentId))!;
    const head = { ...readHead(row), status };
    await db
      .updateTable("deployments")
      .set({ active: 0, status, state_json: DEPLOYMENT_HEAD.write(head) })
      .where("deployment_id", "=", deploymentId)
      .execute();
  });
}

beforeEach(async () => {
  installation = await testInstallation();
  const context = { ...installation.context, ...installation.context.codeDeploy };
  await CODEDEPLOY_HANDLERS.CreateApplication({ applicationName: "shop" }, context);
  await CODEDEPLOY_HANDLERS.CreateDeploymentGroup(
    { applicationName: "shop", deploymentGroupName: "prod", serviceRoleArn: "arn:aws:iam::111122223333:role/r" },
    context,
  );
  id = await deploy("one");
});
afterEach(() => installation.close());

describe("a stop", () => {
  it("does not roll back, whatever the group says, and keeps why", async () => {
    const { message } = await act({ reason: "  the wrong build  " });
    expect(message).toContain("nothing is rolled back");
    const row = (await findDeployment(installation.context.store.db, id))!;
    expect(readHead(row).stopRequestedAt).toBe(installation.clock.now);
    expect(DEPLOYMENT_INTENT.read(row)?.rollBackAfterStop).toBe(false);
    expect(await notes()).toEqual([
      {
        deployment_id: id,
        ordinal: 0,
        at: installation.clock.now,
        access_key_id: installation.context.principal.accessKeyId,
        caller_arn: "arn:aws:iam::111122223333:root",
        action: "stop",
        reason: "the wrong build",
      },
    ]);
    expect(installation.woken).toContain(id);
  });

  it("is not done again, and leaves no note then", async () => {
    await act({});
    await expect(act({})).rejects.toMatchObject({ code: "InvalidDeploymentStatusException" });
    await end(id, "Failed");
    await expect(act({})).rejects.toMatchObject({ code: "DeploymentAlreadyCompletedException" });
    expect(await notes()).toHaveLength(1);
  });
});

describe("a rollback", () => {
  it("deploys the last success of another revision, and its reason stands with both", async () => {
    await end(id, "Succeeded");
    const earlier = id;
    id = await deploy("two");
    await end(id, "Failed");
    const { createdDeploymentId, message } = await act({ action: "roll-back" });
    const created = (await findDeployment(installation.context.store.db, createdDeploymentId!))!;
    expect(created.revision_key).toBe(revisionKey(revision("one")));
    expect(message).toBe(`${createdDeploymentId} deploys s3://b/one, the revision of ${earlier}.`);
    expect((await notes()).map(({ action, reason }) => [action, reason])).toEqual([["roll-back", "it is Friday"]]);
    expect((await notes(createdDeploymentId)).map(({ action, reason }) => [action, reason])).toEqual([
      ["create", "it is Friday"],
    ]);
  });

  it("goes to the deployment that is named, of the same group", async () => {
    await end(id, "Succeeded");
    const first = id;
    await end(await deploy("two"), "Succeeded");
    id = await deploy("three");
    await end(id, "Failed");
    await installation.context.store.write(({ db }) =>
      db
        .insertInto("deployments")
        .values(deploymentRow("d-OTHER0001", { active: 0 }))
        .execute(),
    );
    await expect(act({ action: "roll-back", toDeploymentId: "d-OTHER0001" })).rejects.toMatchObject({
      code: "ValidationException",
    });
    const { createdDeploymentId } = await act({ action: "roll-back", toDeploymentId: first });
    const created = (await findDeployment(installation.context.store.db, createdDeploymentId!))!;
    expect(DEPLOYMENT_REVISION.read(created)).toEqual(revision("one"));
  });

  it("is refused while the deployment goes on, and where there is nothing to go back to", async () => {
    await expect(act({ action: "roll-back" })).rejects.toMatchObject({ code: "InvalidDeploymentStatusException" });
    await end(id, "Failed");
    await expect(act({ action: "roll-back" })).rejects.toMatchObject({ code: "InvalidDeploymentStatusException" });
    expect(await notes()).toEqual([]);
  });
});

it("continues a blue/green deployment that waits", async () => {
  const head = createdHead({
    deploymentId: id,
    createdAt: 0,
    strategy: { type: "blue-green", readyWaitMilliseconds: 60_000, terminationWaitMilliseconds: null },
  });
  const waiting = { ...head, status: "Ready" as const, wait: { kind: "ready" as const, since: 0, until: 60_000 } };
  await installation.context.store.write(({ db }) =>
    db
      .updateTable("deployments")
      .set({ status: "Ready", state_json: DEPLOYMENT_HEAD.write(waiting) })
      .where("deployment_id", "=", id)
      .execute(),
  );
  await expect(act({ action: "skip-wait" })).rejects.toMatchObject({ code: "InvalidDeploymentStatusException" });
  await act({ action: "continue" });
  expect(readHead((await findDeployment(installation.context.store.db, id))!).continued).toBe("ready");
  expect(await notes()).toMatchObject([{ action: "continue" }]);
});

describe("what is refused", () => {
  it.each<[Partial<ActOnDeploymentInput>, string]>([
    [{ reason: "" }, "ValidationException"],
    [{ reason: "  " }, "ValidationException"],
    [{ reason: "x".repeat(1001) }, "ValidationException"],
    [{ reason: "two\nlines" }, "ValidationException"],
    [{ reason: "bell\u0007" }, "ValidationException"],
    [{ action: "explode" }, "ValidationException"],
    [{ action: "stop", percent: 10 }, "ValidationException"],
    [{ action: "stop", toDeploymentId: "d-A" }, "ValidationException"],
    [{ action: "next" }, "InvalidDeploymentStatusException"],
    [{ deploymentId: "d-NOT000000" }, "DeploymentDoesNotExistException"],
  ])("%j", async (input, code) => {
    await expect(act(input)).rejects.toMatchObject({ code });
    expect(await notes()).toEqual([]);
  });

  it("a key that may only read", async () => {
    const reader = installation.as({ role: "read-only", accessKeyId: "AKIAREADER", hostId: null });
    await expect(actOnDeployment({ deploymentId: id, action: "stop", reason: "x" }, reader)).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
  });
});
