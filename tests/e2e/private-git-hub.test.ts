import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rawTar } from "@sluice/agent/host/archive/raw-archives.fixture.ts";
import { createSelfSignedCertificate } from "@sluice/server/signing/self-signed-certificate.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ConnectProxy } from "../agent/connect-proxy.fixture.ts";
import { hooksAppSpec } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const TOKEN = "ghp_goodgoodgoodgoodgoodgood";
const EXPIRED = "ghp_expiredexpiredexpired";
const REVISION = {
  revisionType: "GitHub",
  gitHubLocation: { repository: "acme/shop", commitId: COMMIT },
} as const;

/** Names that only the proxy knows; the archive is at the second, to which the first redirects. */
const API = "api.github.test";
const ARCHIVES = "codeload.github.test";

let gitHub: Server;
let proxy: ConnectProxy;
/** Of the commit, as they were answered. */
const answered: number[] = [];
/** What came to the other address than that of the token. */
const tokensAtArchives: (string | undefined)[] = [];
let server: SluiceServer;
let codeDeploy: CodeDeploy;
let agents: SluiceAgent[] = [];
let work: string;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "sluice-e2e-private-"));
  const { certificatePem, privateKeyPem } = await createSelfSignedCertificate({
    commonName: "github.test",
    subjectAltNames: [API, ARCHIVES],
  });
  writeFileSync(join(work, "ca.pem"), certificatePem);
  gitHub = createServer({ cert: certificatePem, key: privateKeyPem }, ({ url, headers, method }, response) => {
    if (headers.host === ARCHIVES) {
      tokensAtArchives.push(headers.authorization);
      return void response.end(archive());
    }
    const isSeen = url === `/repos/acme/shop/tarball/${COMMIT}` && headers.authorization === `Bearer ${TOKEN}`;
    if (method === "GET") answered.push(isSeen ? 302 : 404);
    response.writeHead(isSeen ? 302 : 404, isSeen ? { location: `https://${ARCHIVES}/x?token=once` } : {}).end("{}");
  });
  await new Promise<void>((resolve) => gitHub.listen(0, "127.0.0.1", resolve));
  proxy = await ConnectProxy.start(() => (gitHub.address() as AddressInfo).port);
  const baseUrl = `https://${API}`;
  const binding = { match: "acme/*", port: "revision-source", driver: "github", settings: { baseUrl } };
  writeFileSync(join(work, "sluice.yml"), `bindings:\n  - ${JSON.stringify(binding)}\n`);
  server = await startSluiceServer({
    args: ["--config", join(work, "sluice.yml")],
    environment: { HTTPS_PROXY: proxy.url(), NODE_EXTRA_CA_CERTS: join(work, "ca.pem") },
  });
  codeDeploy = await CodeDeploy.begin(server);
  await codeDeploy.createGroup({ group: "prod", fleet: "private" });
  agents = await startSluiceAgents(server, ["Fleet=private"], [{ name: "web-1" }, { name: "web-2" }]);
});
afterAll(async () => {
  codeDeploy?.close();
  await Promise.all(agents.map((agent) => agent.close()));
  await server?.close();
  await proxy?.stop();
  gitHub?.close();
  rmSync(work, { recursive: true, force: true });
});

function archive(): Buffer {
  const top = `acme-shop-${COMMIT.slice(0, 7)}`;
  return gzipSync(
    rawTar([
      { name: `${top}/`, type: "5" },
      { name: `${top}/appspec.yml`, content: hooksAppSpec({ ValidateService: "check.sh" }) },
      { name: `${top}/check.sh`, content: "#!/bin/sh\necho checked\n", mode: 0o755 },
    ]),
  );
}

async function store(token: string): Promise<void> {
  const file = join(work, "token");
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  await server.sluice("github-tokens", "create", "ci", "--repository", "acme/*", "--token-file", file);
}

it("says before any host is touched that a private repository needs a token", async () => {
  const deployment = await codeDeploy.end(await codeDeploy.deploy("prod", REVISION));
  expect(deployment.errorInformation?.code).toBe("MISSING_GITHUB_TOKEN");
  expect(deployment.errorInformation?.message).toContain("sluice github-tokens create NAME --repository acme/shop");
  expect(deployment.deploymentOverview).toBeUndefined();
});

it("names the token that GitHub refuses, and the repository", async () => {
  await store(EXPIRED);
  const deployment = await codeDeploy.end(await codeDeploy.deploy("prod", REVISION));
  expect(deployment.errorInformation?.code).toBe("MISSING_GITHUB_TOKEN");
  expect(deployment.errorInformation?.message).toMatch(/acme\/shop at \w+ to the token ci \(HTTP 404\)/);
});

it("downloads the revision once, for all hosts, and no token leaves the server", async () => {
  await store(TOKEN);
  answered.length = 0;
  const id = await codeDeploy.deploy("prod", REVISION);
  const deployment = await codeDeploy.end(id);
  expect(deployment.status, JSON.stringify(deployment.errorInformation)).toBe("Succeeded");
  expect((await codeDeploy.end(await codeDeploy.deploy("prod", REVISION))).status).toBe("Succeeded");
  expect(answered).toEqual([302]);
  for (const { directory } of agents) {
    const files = globSync(join(directory, "**")).filter((path) => statSync(path).isFile());
    expect(files.filter((path) => readFileSync(path).includes(TOKEN))).toEqual([]);
  }
  expect(server.log()).not.toContain("ghp_");
  const audited = globSync(join(server.data, "audit", "**")).filter((path) => statSync(path).isFile());
  expect(audited.filter((path) => readFileSync(path, "latin1").includes("ghp_"))).toEqual([]);
  expect(await server.sluice("github-tokens", "list", "--json")).not.toContain("ghp_");
  expect(await server.sluice("github-tokens", "list")).toMatch(/ci +acme\/\*/);
});

it("asks GitHub through the proxy of its environment, and takes the token nowhere else", () => {
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${API}:443`, `CONNECT ${ARCHIVES}:443`]));
  expect(tokensAtArchives).toEqual([undefined]);
  expect(server.log()).not.toContain("s3cret");
});
