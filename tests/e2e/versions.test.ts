/** `aws deploy push` into a bucket with versioning, and deployments of the versions that it prints. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Location } from "@aws-sdk/client-codedeploy";
import { DeleteObjectCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { hooksAppSpec } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { whyNoAwsCli } from "../installation/installed-programs.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

const whyNot = whyNoAwsCli();
let server: SluiceServer;
let codeDeploy: CodeDeploy;
let agents: SluiceAgent[] = [];
let work: string;

beforeAll(async () => {
  if (whyNot) return;
  work = mkdtempSync(join(tmpdir(), "sluice-e2e-versions-"));
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server);
  agents = await startSluiceAgents(server, ["Fleet=versions"], [{ name: "web-1" }]);
  await codeDeploy.createGroup({ group: "prod", fleet: "versions" });
  const VersioningConfiguration = { Status: "Enabled" as const };
  await codeDeploy.s3.send(new PutBucketVersioningCommand({ Bucket: "revisions", VersioningConfiguration }));
});
beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));
afterAll(async () => {
  codeDeploy?.close();
  await Promise.all(agents.map((agent) => agent.close()));
  await server?.close();
  if (work) rmSync(work, { recursive: true, force: true });
});

/** What its script writes says which bundle it was. */
function writeBundle(content: string): string {
  const source = join(work, "app");
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, "appspec.yml"), hooksAppSpec({ AfterInstall: "say.sh" }));
  writeFileSync(join(source, "say.sh"), `#!/bin/sh\necho ${content} > ${join(work, "deployed")}\n`, { mode: 0o755 });
  return source;
}

/** The location that the CLI prints, to be deployed as it stands. */
async function push(content: string): Promise<S3Location> {
  const printed = await server.aws(
    ...["deploy", "push", "--application-name", "web", "--s3-location", "s3://revisions/app.zip"],
    ...["--source", writeBundle(content)],
  );
  const [, location = ""] = /--s3-location (\S+)/.exec(printed) ?? [];
  return Object.fromEntries(location.split(",").map((pair) => pair.split("=")));
}

async function deployed(s3Location: S3Location): Promise<string> {
  const id = await codeDeploy.deploy("prod", { revisionType: "S3", s3Location });
  const info = await codeDeploy.end(id);
  expect(info.status, JSON.stringify(info.errorInformation)).toBe("Succeeded");
  expect(info.revision?.s3Location?.version).toBe(s3Location.version);
  return readFileSync(join(work, "deployed"), "utf8").trim();
}

it("deploys exactly the version that was pushed, after newer ones, a deletion and a restart too", async () => {
  const first = await push("first");
  const second = await push("second");
  expect(first.version).toMatch(/^[\w.]{32}$/);
  expect(first.version).not.toBe(second.version);
  expect(await deployed(first)).toBe("first");
  expect(await deployed({ bucket: "revisions", key: "app.zip", bundleType: "zip" })).toBe("second");
  const revisions = await server.aws(
    ...["deploy", "list-application-revisions", "--application-name", "web"],
    ...["--query", "revisions[].s3Location.version", "--output", "text"],
  );
  expect(revisions.trim().split(/\s+/)).toEqual(expect.arrayContaining([first.version, second.version]));
  await codeDeploy.s3.send(new DeleteObjectCommand({ Bucket: "revisions", Key: "app.zip" }));
  await server.kill();
  await server.start();
  expect(await deployed(first)).toBe("first");
});

it("refuses a version that is gone for good, or was never there, before a host is touched", async () => {
  const gone = await push("gone");
  await codeDeploy.s3.send(new DeleteObjectCommand({ Bucket: "revisions", Key: "app.zip", VersionId: gone.version }));
  for (const version of [gone.version, "not-a-version"]) {
    const { eTag: _, ...location } = { ...gone, version };
    const info = await codeDeploy.end(
      await codeDeploy.deploy("prod", { revisionType: "S3", s3Location: location as S3Location }),
    );
    expect(info.status).toBe("Failed");
    expect(info.errorInformation?.message).toContain(`has no version ${version} of the object app.zip`);
  }
});

it("names the version in what sluice deploy pushes", async () => {
  const source = writeBundle("by sluice");
  await server.sluice("deploy", source, "--application", "web", "--group", "prod", "--bucket", "revisions", "--watch");
  expect(readFileSync(join(work, "deployed"), "utf8").trim()).toBe("by sluice");
  const versions = await server.aws(
    ...["deploy", "list-application-revisions", "--application-name", "web", "--s3-bucket", "revisions"],
    ...["--s3-key-prefix", "web/", "--query", "revisions[].s3Location.version", "--output", "text"],
  );
  expect(versions.trim()).toMatch(/^[\w.]{32}$/);
});
