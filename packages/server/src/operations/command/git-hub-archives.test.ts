import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type OutgoingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BucketStore, openBucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { type GitHubDependencies, githubSource } from "@sluice/drivers/github/github-source.ts";
import { MAX_GITHUB_ARCHIVES } from "@sluice/drivers/github/kept-archives.ts";
import type { LifecycleEventState } from "@sluice/engine/state.ts";
import { hostEvent, hostTarget } from "@sluice/engine/target.fixture.ts";
import { archiveObject, GITHUB_BUCKET } from "@sluice/model/git-hub-archive.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { boundRevisionSource } from "../../bindings/bound-revision-source.ts";
import { Liveness } from "../../hosts/liveness.ts";
import { newHostRow } from "../../hosts/new-host.ts";
import { SpecificationDesk } from "../../signing/specification-desk.ts";
import { createSigningCertificate, loadSigningKey } from "../../signing/specification-envelope.ts";
import { archivesInUse } from "../../store/archives-in-use.ts";
import { DEPLOYMENT_HEAD, DEPLOYMENT_REVISION } from "../../store/columns/deployment-columns.ts";
import { TARGET_STATE } from "../../store/columns/target-columns.ts";
import { insertHost } from "../../store/hosts.ts";
import { createdHead, deploymentRow } from "../../store/rows.fixture.ts";
import { testContext } from "../operation-context.fixture.ts";
import type { CommandContext } from "./command-context.ts";
import { executionIdOf } from "./deployment-execution-id.ts";
import { getDeploymentSpecification } from "./get-deployment-specification.ts";

const DEPLOYMENT = "d-A1B2C3111";
const HOST = "arn:aws:ec2:us-east-1:111122223333:instance/i-1";
const LOCATION = { repository: "acme/shop", commitId: "0123456789abcdef0123456789abcdef01234567" };
const { bucket, key } = archiveObject(LOCATION);
const signal = AbortSignal.timeout(120_000);

let work: string;
let buckets: BucketStore;
let clock: { now: number };
let gitHub: Server;
let context: CommandContext;
let answers: { readonly status: number; readonly body: string; readonly headers?: OutgoingHttpHeaders }[];
let requests: number;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "sluice-archives-"));
  clock = { now: Date.UTC(2026, 10, 23, 18, 0) };
  buckets = await openBucketStore({ directory: work, now: () => new Date(clock.now) });
  buckets.createBucket(GITHUB_BUCKET);
  gitHub = createServer((_, response) => {
    requests += 1;
    const { status, body, headers = {} } = answers.length > 1 ? answers.shift()! : answers[0]!;
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => gitHub.listen(0, "127.0.0.1", resolve));
  await makeContext();
});
afterAll(async () => {
  await context.store.close();
  buckets.close();
  gitHub.close();
  rmSync(work, { recursive: true, force: true });
});
beforeEach(async () => {
  clock.now += 60_000;
  requests = 0;
  answers = [{ status: 200, body: "the archive" }];
  await buckets.delete(bucket, key);
  await hostIsAt("Pending");
});

function sourceAt(baseUrl: string, more: Partial<GitHubDependencies> = {}) {
  const source = githubSource.create(
    { baseUrl },
    {
      tokenFor: async () => ({ name: "ci", secret: "ghp_secretsecret" }),
      buckets,
      archivesInUse: () => archivesInUse(context.store),
      region: "us-east-1",
      environment: {},
      retryDelays: [0, 0],
      ...more,
    },
  );
  return boundRevisionSource([], { s3: source, gitHub: source });
}

async function makeContext(): Promise<void> {
  const base = await testContext(clock);
  const { port } = gitHub.address() as AddressInfo;
  const digest = await sha256Of("the archive");
  await base.store.write(async (transaction) => {
    const row = { hostId: "i-1", hostName: "web-1", kind: "instance", hostIdentifier: HOST, tags: [] } as const;
    await insertHost(transaction, { ...newHostRow({ ...row, now: 1 }), enrolled_at: 1 });
    const bundle = { sha256: digest };
    const head = createdHead({ deploymentId: DEPLOYMENT, createdAt: 0, bundle });
    const revision: RevisionLocation = { revisionType: "GitHub", gitHubLocation: LOCATION };
    const written = { revision_json: DEPLOYMENT_REVISION.write(revision), state_json: DEPLOYMENT_HEAD.write(head) };
    await transaction.db.insertInto("deployments").values(deploymentRow(DEPLOYMENT, written)).execute();
    await transaction.db
      .insertInto("targets")
      .values({
        deployment_id: DEPLOYMENT,
        target_id: "i-1",
        type: "host",
        ordinal: 0,
        status: "InProgress",
        command_state: "available",
        state_json: TARGET_STATE.write(hostTarget("i-1")),
        updated_at: 1,
      })
      .execute();
  });
  context = {
    ...base,
    runner: undefined as never,
    liveness: new Liveness({ store: base.store, readyAt: 0, onFlushError: () => {} }),
    specifications: undefined as never,
    signal,
    publicEndpoint: "http://127.0.0.1:7450",
    agent: "aws",
    agentVersion: null,
    onUndelivered: () => {},
  };
  await useSource(sourceAt(`http://127.0.0.1:${port}`));
}

async function useSource(revisions: ReturnType<typeof sourceAt>): Promise<void> {
  const signingKey = await loadSigningKey(await createSigningCertificate());
  const accessKeys = { ofHost: async () => ({ accessKeyId: "AKIAHOST", secretAccessKey: "s" }) };
  const { store } = context;
  context = { ...context, specifications: new SpecificationDesk({ store, signingKey, revisions, accessKeys }) };
}

async function* oneByte() {
  yield Buffer.from("x");
}

async function sha256Of(text: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(text))).toString("hex");
}

async function hostIsAt(status: LifecycleEventState["status"]): Promise<void> {
  const lifecycleEvents = [hostEvent("ApplicationStop", { status }), hostEvent("DownloadBundle", { status })];
  const state_json = TARGET_STATE.write(hostTarget("i-1", { status: "InProgress", lifecycleEvents }));
  await context.store.write(({ db }) => db.updateTable("targets").set({ state_json }).execute());
}

async function specificationFor(agent: CommandContext["agent"]): Promise<string> {
  const input = { HostIdentifier: HOST, DeploymentExecutionId: executionIdOf(DEPLOYMENT, context) };
  const { DeploymentSpecification } = await getDeploymentSpecification(input, { ...context, agent });
  const pem = DeploymentSpecification?.GenericEnvelope?.Payload ?? "";
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64").toString("latin1");
}

it.each(["aws", "sluice"] as const)(
  "what was evicted is there again when the agent %s gets its specification, downloaded once",
  async (agent) => {
    await specificationFor(agent);
    await buckets.delete(bucket, key);
    requests = 0;
    const told = await Promise.all([specificationFor(agent), specificationFor(agent)]);
    expect(requests).toBe(1);
    expect(buckets.head(bucket, key).sizeBytes).toBe("the archive".length);
    for (const specification of told) expect(specification.includes(`"Key":"${key}"`)).toBe(agent === "aws");
  },
);

it("nothing is asked for a host that has its bundle", async () => {
  await hostIsAt("Succeeded");
  expect(await specificationFor("aws")).toContain(`"Key":"${key}"`);
  expect(requests).toBe(0);
});

it("a GitHub that stumbles is asked again; one that is away is blamed, and neither host nor revision", async () => {
  answers = [
    { status: 502, body: "" },
    { status: 429, body: "" },
    { status: 200, body: "the archive" },
  ];
  expect(await specificationFor("aws")).toContain(`"Key":"${key}"`);
  await buckets.delete(bucket, key);
  answers = [{ status: 403, body: "", headers: { "x-ratelimit-remaining": "0" } }];
  await expect(specificationFor("aws")).rejects.toMatchObject({
    message: expect.stringMatching(/HTTP 403.*rate limit for the token ci is reached.*Neither the host nor/),
  });
  answers = [{ status: 503, body: "" }];
  await expect(specificationFor("aws")).rejects.toMatchObject({
    code: "ClientException",
    message: expect.stringMatching(
      /acme\/shop at 0123.*HTTP 503.*Neither the host nor the revision is at fault.*Deploy again/,
    ),
  });
});

it("the token is for GitHub itself, and not for what another address redirects to there", async () => {
  const seen: string[] = [];
  const urls: string[] = [];
  const servers = [0, 1].map((own) =>
    createServer(({ url = "", headers }, response) => {
      seen.push(`${own} ${headers.authorization ?? "no token"}`);
      const next = [`${urls[0]}/renamed`, `${urls[1]}/`, `${urls[0]}/private`][seen.length - 1];
      if (next === undefined) response.end(url);
      else response.writeHead(302, { location: next }).end();
    }),
  );
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    urls.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  const source = sourceAt(urls[0]!);
  await source.ensureHeld?.({ revisionType: "GitHub", gitHubLocation: LOCATION }, signal);
  const token = "Bearer ghp_secretsecret";
  expect(seen).toEqual([`0 ${token}`, `0 ${token}`, "1 no token", "0 no token"]);
  for (const server of servers) server.close();
});

it("a token that GitHub refuses is named, and asked with once", async () => {
  answers = [{ status: 401, body: "" }];
  await expect(specificationFor("sluice")).rejects.toMatchObject({
    code: "ClientException",
    message: expect.stringMatching(/to the token ci \(HTTP 401\)/),
  });
  expect(requests).toBe(1);
});

it("an archive with other bytes is not handed out to the rest of the hosts", async () => {
  answers = [{ status: 200, body: "the same commit, packed anew" }];
  await expect(specificationFor("aws")).rejects.toMatchObject({
    code: "ClientException",
    message: expect.stringMatching(/GitHub has created another one of the commit.*Deploy again/),
  });
});

it("archives of deployments under way stay, however old; of the others the oldest go", async () => {
  await specificationFor("aws");
  const attributes = { headers: {}, metadata: {} };
  const idle = Array.from({ length: MAX_GITHUB_ARCHIVES }, (_, index) => `acme/idle/${String(index).padStart(3, "0")}`);
  for (const one of idle) {
    clock.now += 1_000;
    await buckets.put(GITHUB_BUCKET, one, oneByte(), { attributes });
  }
  clock.now += 1_000;
  const other = { repository: "acme/other", commitId: "f".repeat(40) };
  const { port } = gitHub.address() as AddressInfo;
  await sourceAt(`http://127.0.0.1:${port}`).ensureHeld?.({ revisionType: "GitHub", gitHubLocation: other }, signal);
  const { rows } = buckets.list(GITHUB_BUCKET, { prefix: "", delimiter: "", after: "", limit: 1_000 });
  const kept = rows.map((row) => row.key);
  expect(kept).toHaveLength(MAX_GITHUB_ARCHIVES + 1);
  expect(kept).toContain(key);
  expect(kept).toContain(archiveObject(other).key);
  expect(kept).not.toContain(idle[0]);
  expect(kept).toContain(idle[1]);
});

it("a proxy that does not answer is named, and neither its password nor the token", async () => {
  const unused = createServer();
  await new Promise<void>((resolve) => unused.listen(0, "127.0.0.1", resolve));
  const proxy = `127.0.0.1:${(unused.address() as AddressInfo).port}`;
  await new Promise((resolve) => unused.close(resolve));
  const environment = { https_proxy: `http://server:s3cret@${proxy}` };
  const revision: RevisionLocation = { revisionType: "GitHub", gitHubLocation: LOCATION };
  const told = async (more: object) => {
    const facts = await sourceAt("https://api.github.test", { environment: { ...environment, ...more } }).inspect(
      revision,
      signal,
    );
    return facts.outcome === "unchecked" ? facts.reason : facts.outcome;
  };
  expect(await told({})).toMatch(
    new RegExp(`api\\.github\\.test could not be reached through the proxy http://${proxy}/?: .*ECONNREFUSED`),
  );
  expect(await told({})).not.toMatch(/s3cret|ghp_/);
  expect(await told({ no_proxy: ".github.test" })).toMatch(
    /api\.github\.test could not be reached: .*(ENOTFOUND|EAI_AGAIN)/,
  );
  expect(await told({ https_proxy: "socks5://server:s3cret@x" })).toMatch(
    /It was asked directly, because https_proxy is not the URL of an HTTP proxy/,
  );
});

it("a commit that is not named in full fails the deployment before any host is told of it", async () => {
  const { port } = gitHub.address() as AddressInfo;
  const gitHubLocation = { ...LOCATION, commitId: "0123456" };
  const facts = sourceAt(`http://127.0.0.1:${port}`).inspect({ revisionType: "GitHub", gitHubLocation }, signal);
  expect(await facts).toMatchObject({ outcome: "missing", reason: expect.stringContaining("'0123456'") });
});
