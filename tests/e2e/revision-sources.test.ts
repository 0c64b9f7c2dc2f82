import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { rawTar } from "@sluice/agent/host/archive/raw-archives.fixture.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hooksAppSpec, recordingBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy, failedEvent } from "../installation/code-deploy.fixture.ts";
import { listedHosts } from "../installation/listed-hosts.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const TOKEN = "ghp_0123456789";
const OTHER_S3_KEY = { accessKeyId: "elsewhere", secretAccessKey: "elsewhere-secret" };
const hasMoto = spawnSync("python3", ["-c", "import moto.server"], { stdio: "ignore" }).status === 0;

let gitHub: FakeGitHub;
let elsewhere: OtherS3 | undefined;
let server: SluiceServer;
let codeDeploy: CodeDeploy;
let agent: SluiceAgent;
let work: string;
const folder = new RecordingFolder();

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "sluice-e2e-sources-"));
  gitHub = await startFakeGitHub();
  const bindings: string[] = [];
  if (hasMoto) {
    elsewhere = await startOtherS3();
    const { accessKeyId, secretAccessKey } = OTHER_S3_KEY;
    const settings = { endpoint: elsewhere.url, region: "eu-central-1", accessKeyId, secretAccessKey };
    bindings.push(`  - ${JSON.stringify({ match: "elsewhere-*", port: "revision-source", driver: "s3", settings })}\n`);
  }
  writeFileSync(join(work, "sluice.yml"), `bindings:${bindings.length > 0 ? `\n${bindings.join("")}` : " []\n"}`);
  server = await startSluiceServer({ args: ["--config", join(work, "sluice.yml")] });
  codeDeploy = await CodeDeploy.begin(server);
  await codeDeploy.createGroup({ group: "prod", fleet: "sources" });
  const hosts = [{ name: "web-1", environment: { HOST_FOLDER: folder.path } }];
  agent = (await startSluiceAgents(server, ["Fleet=sources"], hosts))[0]!;
  await configureHost({
    gitHubBaseUrl: gitHub.url,
    gitHubToken: TOKEN,
    // Where its redirect leads: on this machine, too, so that only the operator can allow it.
    s3Endpoint: gitHub.url.replace("127.0.0.1", "localhost"),
  });
});
afterAll(async () => {
  codeDeploy?.close();
  await agent?.close();
  await server?.close();
  await elsewhere?.close();
  await gitHub?.close();
  folder.remove();
  rmSync(work, { recursive: true, force: true });
});

/** As an operator does it: in agent.json, and a restart. */
async function configureHost(host: Record<string, string>): Promise<void> {
  await agent.stop();
  const file = join(agent.directory, "agent.json");
  const settings = JSON.parse(readFileSync(file, "utf8")) as { readonly host?: object };
  writeFileSync(file, JSON.stringify({ ...settings, host: { ...settings.host, ...host } }));
  agent.start();
  await until("the agent to be back", async () => {
    const hosts = await listedHosts(server);
    return hosts[0]?.state === "alive";
  });
}

const gitHubRevision = (repository: string) =>
  ({ revisionType: "GitHub", gitHubLocation: { repository, commitId: COMMIT } }) as const;

describe("GitHub", () => {
  it("a private repository is fetched with the host's token, from the configured address", async () => {
    const deploymentId = await codeDeploy.deploy("prod", gitHubRevision("acme/shop"));
    const info = await codeDeploy.end(deploymentId);
    expect(info.status, info.errorInformation?.message).toBe("Succeeded");
    expect(folder.runs(deploymentId)).toEqual({ ValidateService: 1 });
    expect(gitHub.requests).toEqual([`GET /repos/acme/shop/tarball/${COMMIT} token ${TOKEN}`, "GET /codeload/shop"]);
  });

  it("a repository that the token may not read fails with what to check, and without the token", async () => {
    const deploymentId = await codeDeploy.deploy("prod", gitHubRevision("acme/secret"));
    const info = await codeDeploy.end(deploymentId);
    expect(info.status).toBe("Failed");
    const { diagnostics } = failedEvent(await codeDeploy.target(deploymentId, agent.hostId));
    expect(diagnostics?.message).toContain(`${gitHub.url}/repos/acme/secret/tarball/${COMMIT}`);
    expect(diagnostics?.message).toContain("404 'Not Found'");
    expect(diagnostics?.message).toContain("Check that the revision still exists");
    const everything = JSON.stringify([info, diagnostics, agent.log(), server.log()]);
    expect(everything).not.toContain(TOKEN);
  });
});

describe("another S3 service, by a binding of sluice.yml", () => {
  it("serves its bundles, and the embedded bucket serves its own", async ({ skip }) => {
    skip(!elsewhere, "moto is not installed: pip install 'moto[server]'");
    await configureHost({ s3Endpoint: elsewhere!.url });
    await elsewhere!.put("elsewhere-releases", "shop.tgz", recordingBundle());
    const s3Location = { bucket: "elsewhere-releases", key: "shop.tgz", bundleType: "tgz" } as const;
    const there = await codeDeploy.deploy("prod", { revisionType: "S3", s3Location });
    const info = await codeDeploy.end(there);
    expect(info.status, info.errorInformation?.message).toBe("Succeeded");
    expect(folder.runs(there)).toMatchObject({ BeforeInstall: 1, ValidateService: 1 });
    const here = await codeDeploy.end(await codeDeploy.deploy("prod", await codeDeploy.put(recordingBundle())));
    expect(here.status, here.errorInformation?.message).toBe("Succeeded");
  });

  it("an object that is not there ends the deployment before a host is touched, with its name and without a signature", async ({
    skip,
  }) => {
    skip(!elsewhere, "moto is not installed: pip install 'moto[server]'");
    const s3Location = { bucket: "elsewhere-releases", key: "none.tgz", bundleType: "tgz" } as const;
    const deploymentId = await codeDeploy.deploy("prod", { revisionType: "S3", s3Location });
    const { status, errorInformation } = await codeDeploy.end(deploymentId);
    expect(status).toBe("Failed");
    expect(errorInformation?.code).toBe("REVISION_MISSING");
    expect(errorInformation?.message).toContain("elsewhere-releases/none.tgz");
    expect(errorInformation?.message).not.toMatch(/X-Amz-Signature/i);
    expect(await codeDeploy.targets(deploymentId)).toEqual([]);
  });

  it("is not needed to go back to a revision with an ETag, nor asked for it", async ({ skip }) => {
    skip(!elsewhere, "moto is not installed: pip install 'moto[server]'");
    const bundle = recordingBundle();
    await elsewhere!.put("elsewhere-pinned", "shop.tgz", bundle);
    const eTag = createHash("md5").update(bundle).digest("hex");
    const s3Location = { bucket: "elsewhere-pinned", key: "shop.tgz", bundleType: "tgz", eTag } as const;
    const good = await codeDeploy.deploy("prod", { revisionType: "S3", s3Location });
    expect((await codeDeploy.end(good)).status).toBe("Succeeded");
    const next = await codeDeploy.deploy("prod", await codeDeploy.put(recordingBundle()));
    expect((await codeDeploy.end(next)).status).toBe("Succeeded");
    await elsewhere!.close();
    elsewhere = undefined;
    const names = ["--application", codeDeploy.application, "--group", "prod"];
    const rollback = await server.run("rollback", ...names, "--to", good, "--yes", "--watch");
    expect(rollback.exitCode, rollback.stdout + rollback.stderr).toBe(0);
    const rollbackId = /\bd-[A-Z0-9]{9}\b/.exec(rollback.stdout)?.[0] ?? "";
    expect(folder.runs(rollbackId)).toMatchObject({ BeforeInstall: 1, ValidateService: 1 });
  });
});

interface FakeGitHub {
  readonly url: string;
  /** `METHOD PATH AUTHORIZATION`, in their order. */
  readonly requests: string[];
  readonly close: () => Promise<void>;
}

/** What the agent needs of GitHub: the API's redirect to an archive whose one top directory is the commit's. */
async function startFakeGitHub(): Promise<FakeGitHub> {
  const requests: string[] = [];
  const archive = shopArchive();
  const handle = ({ method, url, headers }: IncomingMessage): { status: number; location?: string; body?: Buffer } => {
    requests.push(`${method} ${url} ${headers.authorization ?? ""}`.trimEnd());
    if (url === "/codeload/shop") return { status: 200, body: archive };
    const isKnown = url === `/repos/acme/shop/tarball/${COMMIT}` && headers.authorization === `token ${TOKEN}`;
    // GitHub does not tell what a token may not see.
    if (!isKnown) return { status: 404, body: Buffer.from('{"message":"Not Found"}') };
    return { status: 302, location: `http://localhost:${(api.address() as AddressInfo).port}/codeload/shop` };
  };
  const api: Server = createServer((request, response) => {
    const { status, location, body } = handle(request);
    response.writeHead(status, location ? { location } : {}).end(body);
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    requests,
    close: () => new Promise((resolve) => api.close(() => resolve())),
  };
}

function shopArchive(): Buffer {
  const top = `acme-shop-${COMMIT.slice(0, 7)}`;
  const script = '#!/bin/sh\necho $$ >> "$HOST_FOLDER/ran/$DEPLOYMENT_ID.$LIFECYCLE_EVENT"\n';
  return gzipSync(
    rawTar([
      { name: "pax_global_header", type: "g", content: `52 comment=${COMMIT}\n` },
      { name: `${top}/`, type: "5" },
      { name: `${top}/appspec.yml`, content: hooksAppSpec({ ValidateService: "check.sh" }) },
      { name: `${top}/check.sh`, content: script, mode: 0o755 },
    ]),
  );
}

interface OtherS3 {
  readonly url: string;
  readonly put: (bucket: string, key: string, body: Buffer) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function startOtherS3(): Promise<OtherS3> {
  const program = `
from moto.server import ThreadedMotoServer
import sys
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
`;
  const child: ChildProcess = spawn("python3", ["-c", program], { stdio: ["pipe", "pipe", "ignore"] });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once("exit", (code) => reject(new Error(`moto exited with ${code}`)));
  });
  const url = `http://127.0.0.1:${port}`;
  const client = new S3Client({ endpoint: url, region: "us-east-1", credentials: OTHER_S3_KEY, forcePathStyle: true });
  return {
    url,
    async put(bucket, key, body) {
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    async close() {
      client.destroy();
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.stdin?.end();
      await ended;
    },
  };
}
