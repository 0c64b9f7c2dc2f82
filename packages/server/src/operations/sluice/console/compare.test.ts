import { gzipSync } from "node:zlib";
import { revisionKey } from "@sluice/model/revision-location.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEPLOYMENT_HEAD } from "../../../store/columns/deployment-columns.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import { readHead } from "../../../store/deployments.ts";
import { CODEDEPLOY_HANDLERS } from "../../codedeploy/codedeploy-operations.ts";
import { putGroupSettings } from "../get-and-put-group-settings.ts";
import { type TestInstallation, testInstallation } from "../installation.fixture.ts";
import { compareDeployments } from "./compare-deployments.ts";
import { compareRevisions } from "./compare-revisions.ts";
import { getDeploymentSnapshot } from "./get-deployment-snapshot.ts";
import { MAX_WAITING_COMPARISONS } from "./revision-content.ts";

let installation: TestInstallation;

const revision = (key: string) =>
  ({ revisionType: "S3", s3Location: { bucket: "b", key, bundleType: "tgz" } }) as const;
const place = { applicationName: "shop", deploymentGroupName: "prod" };
const codeDeploy = () => ({ ...installation.context, ...installation.context.codeDeploy });

/** A tar of these files, as tar writes it. */
function bundle(files: Readonly<Record<string, string>>): Uint8Array {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write("0000644\x000000000\x000000000\0", 100);
    header.write(`${text.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0        0", 136);
    header.write("ustar\x0000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const content = Buffer.alloc(Math.ceil(text.length / 512) * 512);
    content.write(text);
    return [header, content];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

async function deploy(key: string): Promise<string> {
  const { deploymentId } = await CODEDEPLOY_HANDLERS.CreateDeployment(
    { ...place, revision: revision(key) },
    codeDeploy(),
  );
  const { db } = installation.context.store;
  const row = (await findDeployment(db, deploymentId!))!;
  const head = { ...readHead(row), status: "Succeeded" as const };
  await installation.context.store.write(({ db: writing }) =>
    writing
      .updateTable("deployments")
      .set({ active: 0, status: "Succeeded", state_json: DEPLOYMENT_HEAD.write(head) })
      .where("deployment_id", "=", deploymentId!)
      .execute(),
  );
  return deploymentId!;
}

beforeEach(async () => {
  installation = await testInstallation();
  await CODEDEPLOY_HANDLERS.CreateApplication({ applicationName: "shop" }, codeDeploy());
  await CODEDEPLOY_HANDLERS.CreateDeploymentGroup(
    { ...place, serviceRoleArn: "arn:aws:iam::111122223333:role/r", ec2TagFilters: [{ Key: "a", Type: "KEY_ONLY" }] },
    codeDeploy(),
  );
  const { bundles } = installation.outside;
  bundles.set(
    revisionKey(revision("one")),
    bundle({ "appspec.yml": "version: 0.0\nos: linux\n", "same.txt": "same", "gone.txt": "gone", "app.js": "1" }),
  );
  bundles.set(
    revisionKey(revision("two")),
    bundle({ "appspec.yml": "version: 0.0\nos: windows\n", "same.txt": "same", "app.js": "22", "new/file": "n" }),
  );
});
afterEach(() => installation.close());

describe("revisions of hosts", () => {
  it("are compared by the content of their files and the text of their AppSpecs", async () => {
    const { difference } = await compareRevisions(
      { applicationName: "shop", from: revision("one"), to: revision("two") },
      installation.context,
    );
    expect(difference).toMatchObject({ isSame: false, moreFiles: 0, fromBytes: expect.any(Number) });
    expect(difference.trouble).toBeUndefined();
    expect(difference.files).toEqual([
      { path: "app.js", change: "changed", fromBytes: 1, toBytes: 2 },
      { path: "appspec.yml", change: "changed", fromBytes: 23, toBytes: 25 },
      { path: "gone.txt", change: "removed", fromBytes: 4 },
      { path: "new/file", change: "added", toBytes: 1 },
    ]);
    expect(difference.texts).toEqual([
      {
        name: "appspec.yml",
        lines: [
          { kind: "same", text: "version: 0.0" },
          { kind: "removed", text: "os: linux" },
          { kind: "added", text: "os: windows" },
        ],
      },
    ]);
  });

  it("that are the same have no difference", async () => {
    const same = { applicationName: "shop", from: revision("one"), to: revision("one") };
    const { difference } = await compareRevisions(same, installation.context);
    expect(difference).toMatchObject({ isSame: true, files: [], texts: [] });
  });

  it("of which one is gone say so, with the cure", async () => {
    const { difference } = await compareRevisions(
      { applicationName: "shop", from: revision("lost"), to: revision("two") },
      installation.context,
    );
    expect(difference.trouble).toContain("s3://b/lost is not there any more");
    expect(difference.trouble).toContain("upload it again");
    expect(difference).toMatchObject({ isSame: false, files: [], texts: [], toBytes: expect.any(Number) });
  });

  it("are refused when too many wait already, and compared again once those are read", async () => {
    const input = { applicationName: "shop", from: revision("one"), to: revision("two") };
    const many = Array.from({ length: MAX_WAITING_COMPARISONS + 5 }, () =>
      compareRevisions(input, installation.context),
    );
    const outcomes = await Promise.allSettled(many);
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: "ServiceUnavailableException" });
    expect((await compareRevisions(input, installation.context)).difference.isSame).toBe(false);
  });

  it("that are no archives say so", async () => {
    installation.outside.bundles.set(revisionKey(revision("broken")), Buffer.from("no archive at all".repeat(100)));
    const { difference } = await compareRevisions(
      { applicationName: "shop", from: revision("broken"), to: revision("two") },
      installation.context,
    );
    expect(difference.trouble).toContain("the files of s3://b/broken cannot be listed");
  });
});

describe("deployments", () => {
  it("are compared by their revisions and the settings of their group then", async () => {
    const from = await deploy("one");
    await CODEDEPLOY_HANDLERS.UpdateDeploymentGroup(
      {
        applicationName: "shop",
        currentDeploymentGroupName: "prod",
        deploymentConfigName: "CodeDeployDefault.AllAtOnce",
        ec2TagFilters: [{ Key: "b", Type: "KEY_ONLY" }],
      },
      codeDeploy(),
    );
    await putGroupSettings({ ...place, deployToLateHosts: true }, installation.context);
    const to = await deploy("two");
    const compared = await compareDeployments({ fromDeploymentId: from, toDeploymentId: to }, installation.context);
    expect(compared).toMatchObject({ from: { deploymentId: from }, to: { deploymentId: to } });
    expect(compared.revision.files).toHaveLength(4);
    expect(compared.settingsTrouble).toBeUndefined();
    expect(compared.settings).toEqual(
      expect.arrayContaining([
        { path: "ec2TagFilters[0].Key", from: '"a"', to: '"b"' },
        { path: "settings.deployToLateHosts", from: "false", to: "true" },
        {
          path: "deploymentConfig.deploymentConfigName",
          from: '"CodeDeployDefault.OneAtATime"',
          to: '"CodeDeployDefault.AllAtOnce"',
        },
      ]),
    );
  });

  it("without a snapshot are compared by their revisions alone", async () => {
    const from = await deploy("one");
    await installation.context.store.write(({ db }) => db.deleteFrom("deployment_snapshots").execute());
    const to = await deploy("one");
    const compared = await compareDeployments({ fromDeploymentId: from, toDeploymentId: to }, installation.context);
    expect(compared).toMatchObject({ revision: { isSame: true }, settings: [] });
    expect(compared.settingsTrouble).toContain(from);
    expect(compared.settingsTrouble).not.toContain(to);
    expect(await getDeploymentSnapshot({ deploymentId: from }, installation.context)).toEqual({});
  });
});

it("keeps a group's settings as they are when a deployment is created", async () => {
  const deploymentId = await deploy("one");
  const { snapshot } = await getDeploymentSnapshot({ deploymentId }, installation.context);
  expect(snapshot).toMatchObject({
    deploymentId,
    takenAt: new Date(installation.clock.now),
    deploymentGroup: {
      applicationName: "shop",
      deploymentGroupName: "prod",
      ec2TagFilters: [{ Key: "a", Type: "KEY_ONLY" }],
      alarmConfiguration: { enabled: false },
    },
    deploymentConfig: { deploymentConfigName: "CodeDeployDefault.OneAtATime" },
    settings: { deployToLateHosts: false },
  });
  const now = await CODEDEPLOY_HANDLERS.GetDeploymentGroup(place, codeDeploy());
  const {
    lastAttemptedDeployment: _,
    lastSuccessfulDeployment: __,
    targetRevision: ___,
    ...shown
  } = now.deploymentGroupInfo ?? {};
  expect(snapshot?.deploymentGroup).toEqual(shown);
  await expect(getDeploymentSnapshot({ deploymentId: "d-NONE00000" }, installation.context)).rejects.toMatchObject({
    code: "DeploymentDoesNotExistException",
  });
});
