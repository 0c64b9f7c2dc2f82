import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CodeDeploy } from "../../installation/code-deploy.fixture.ts";
import { hasAwsCli, hasBoto3 } from "../../installation/installed-programs.fixture.ts";
import { type ProgramResult, runAws, runProgram } from "../../installation/sluice-server.fixture.ts";
import { openPipelineStage, type PipelineStage, revisionFiles, revisionZip } from "./pipeline-stage.fixture.ts";

/** Pipelines that deploy by commands: a step is over, and the next one begins, by the exit code. Those of the AWS CLI are its own. */
const SUCCESS = 0;
/** The service refused: 255 of version 1 of the AWS CLI, 254 of version 2. */
const REFUSED = expect.toBeOneOf([254, 255]);
/** What a waiter waits for cannot come any more. */
const GAVE_UP = 255;
const NAMES = ["--application-name", "shop", "--deployment-group-name", "live"];

let stage: PipelineStage;
let codeDeploy: CodeDeploy;

beforeAll(async () => {
  stage = await openPipelineStage();
  codeDeploy = stage.codeDeploy;
});
afterAll(() => stage.close());

/** One line of a job's script, as the runner sees it. */
async function aws(...args: readonly string[]): Promise<ProgramResult> {
  return runAws(["deploy", ...args], { ...(await stage.server.environment()), AWS_PAGER: "" });
}

/** Pushes the folder, deploys it, and leaves the deployment's id. */
async function pushAndDeploy(name: string, exitCode: number): Promise<string> {
  const source = join(stage.folder, name);
  mkdirSync(source);
  for (const [file, content] of Object.entries(revisionFiles(exitCode))) writeFileSync(join(source, file), content);
  writeFileSync(join(source, ".gitlab-ci.yml"), "stages: []\n");
  const location = `revisions/gitlab/${name}.zip`;
  const push = ["--application-name", "shop", "--s3-location", `s3://${location}`, "--source", source];
  const pushed = await aws("push", ...push, "--ignore-hidden-files", "--description", "main@ec26c3e5");
  expect(pushed).toMatchObject({ exitCode: SUCCESS, stderr: "" });
  // The location, with the ETag in quotes, as it is printed to be pasted.
  const [, s3Location = ""] = /--s3-location (\S+)/.exec(pushed.stdout) ?? [];
  expect(s3Location).toMatch(/^bucket=revisions,key=gitlab\/\w+\.zip,bundleType=zip,eTag=/);
  const id = ["--query", "deploymentId", "--output", "text"];
  const created = await aws("create-deployment", ...NAMES, "--s3-location", s3Location, ...id);
  expect(created).toMatchObject({ exitCode: SUCCESS, stderr: "", stdout: expect.stringMatching(/^d-[A-Z0-9]{9}\n$/) });
  return created.stdout.trim();
}

describe.skipIf(!hasAwsCli())("a job of GitLab's that runs the AWS CLI", () => {
  // It looks every 15 s: the end is awaited here first.
  const wait = async (id: string) => {
    await codeDeploy.end(id);
    return aws("wait", "deployment-successful", "--deployment-id", id);
  };
  const status = async (id: string) =>
    (await aws("get-deployment", "--deployment-id", id, "--query", "deploymentInfo.status", "--output", "text")).stdout;

  it("pushes, deploys and waits", async () => {
    const id = await pushAndDeploy("good", 0);
    expect(await wait(id)).toEqual({ exitCode: SUCCESS, stdout: "", stderr: "" });
    expect(await status(id)).toBe("Succeeded\n");
  });

  it("ends with 255 where the deployment failed", async () => {
    const id = await pushAndDeploy("bad", 3);
    expect(await wait(id)).toMatchObject({
      exitCode: GAVE_UP,
      stderr: expect.stringMatching(/Waiter DeploymentSuccessful failed: .*terminal failure state.*"Failed"/s),
    });
    expect(await status(id)).toBe("Failed\n");
  });

  it("ends with 255 where the next job stopped it", async () => {
    const held = join(stage.folder, "hold");
    writeFileSync(held, "");
    const id = await pushAndDeploy("stopped", 0);
    const stopped = await aws("stop-deployment", "--deployment-id", id, "--no-auto-rollback-enabled");
    expect(stopped).toMatchObject({ exitCode: SUCCESS, stdout: expect.stringMatching(/"(Pending|Succeeded)"/) });
    rmSync(held);
    expect(await wait(id)).toMatchObject({ exitCode: GAVE_UP, stderr: expect.stringContaining('"Stopped"') });
    expect(await aws("stop-deployment", "--deployment-id", id)).toMatchObject({
      exitCode: REFUSED,
      stderr: expect.stringContaining("(DeploymentAlreadyCompletedException)"),
    });
  });

  it("is refused where a name is wrong, and creates what is missing", async () => {
    const group = ["--application-name", "shop", "--deployment-group-name", "staging"];
    expect(await aws("get-deployment-group", ...group)).toMatchObject({
      exitCode: REFUSED,
      stderr: expect.stringContaining("(DeploymentGroupDoesNotExistException)"),
    });
    const role = ["--service-role-arn", "arn:aws:iam::111122223333:role/CodeDeployServiceRole"];
    const filters = ["--ec2-tag-filters", "Key=Fleet,Value=none,Type=KEY_AND_VALUE"];
    expect((await aws("create-deployment-group", ...group, ...role, ...filters)).exitCode).toBe(SUCCESS);
    const where = ["--s3-location", "bucket=revisions,key=gitlab/good.zip,bundleType=zip"];
    const created = await aws("create-deployment", ...group, ...where, "--query", "deploymentId", "--output", "text");
    expect(await wait(created.stdout.trim())).toMatchObject({ exitCode: GAVE_UP });
  });
});

describe.skipIf(!hasBoto3())("Bitbucket's pipe", () => {
  async function pipe(label: string, zip: Buffer): Promise<ProgramResult> {
    const file = join(stage.folder, label);
    writeFileSync(file, zip);
    const script = join(import.meta.dirname, "bitbucket-pipe.py");
    return runProgram("python3", [script, "shop", "live", file, label], await stage.server.environment());
  }

  it("uploads, deploys and waits; and fails with the deployment", async () => {
    await codeDeploy.s3.send(new CreateBucketCommand({ Bucket: "shop-codedeploy-deployment" }));
    const good = await pipe("shop-1.zip", revisionZip(0));
    expect(good).toEqual({ exitCode: 0, stdout: "uploaded\ndeploys\ndeployed\n", stderr: "" });
    const bad = await pipe("shop-2.zip", revisionZip(3));
    expect(bad).toEqual({
      exitCode: 1,
      stdout: "uploaded\ndeploys\nFailed HEALTH_CONSTRAINTS True\n",
      stderr: "",
    });
  });
});
