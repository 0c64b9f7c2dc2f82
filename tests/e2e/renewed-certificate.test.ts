import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSelfSignedCertificate } from "@sluice/server/signing/self-signed-certificate.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listedHosts } from "../installation/listed-hosts.fixture.ts";
import { type SluiceAgent, startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-renewed-"));
const certificate = join(folder, "cert.pem");
const key = join(folder, "key.pem");
let server: SluiceServer;
let agent: SluiceAgent;

/** As an ACME client does by default: another key each time. */
async function renewCertificate(): Promise<void> {
  const made = await createSelfSignedCertificate({ commonName: "renewed", subjectAltNames: ["127.0.0.1"] });
  writeFileSync(certificate, made.certificatePem);
  writeFileSync(key, made.privateKeyPem, { mode: 0o600 });
}

async function hostIsAlive(): Promise<void> {
  await until("the host is alive", async () => {
    const hosts = await listedHosts(server);
    return hosts.some(({ state }) => state === "alive");
  });
}

async function deploy(text: string): Promise<void> {
  await hostIsAlive();
  const bundle = join(folder, "bundle");
  mkdirSync(bundle, { recursive: true });
  writeFileSync(join(bundle, "text"), text);
  const destination = join(folder, "installed");
  writeFileSync(
    join(bundle, "appspec.yml"),
    `version: 0.0\nos: linux\nfiles:\n  - source: text\n    destination: ${destination}\nfile_exists_behavior: OVERWRITE\n`,
  );
  await server.sluice("deploy", bundle, "--application", "web", "--group", "g", "--watch");
  expect(readFileSync(join(destination, "text"), "utf8")).toBe(text);
}

beforeAll(async () => {
  await renewCertificate();
  server = await startSluiceServer({ args: ["--tls-cert", certificate, "--tls-key", key] });
  agent = await startSluiceAgent(server, { name: "web-1", tags: ["Environment=renewed"] });
  await server.aws("deploy", "create-application", "--application-name", "web");
  const group = ["--application-name", "web", "--deployment-group-name", "g"];
  const role = ["--service-role-arn", "arn:aws:iam::111122223333:role/r"];
  const tags = ["--ec2-tag-filters", "Key=Environment,Value=renewed,Type=KEY_AND_VALUE"];
  await server.aws("deploy", "create-deployment-group", ...group, ...role, ...tags);
});
afterAll(async () => {
  await agent?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

it("a host goes on without a new enrolment when the server's certificate gets another key, and gets its bundles", async () => {
  await deploy("one");
  await server.kill();
  await renewCertificate();
  await server.start();
  await deploy("two");
  expect(agent.log()).toContain("its signing certificate vouches for the key");
});

it("a host whose agent did not run meanwhile goes on as well, and keeps what it was told", async () => {
  await agent.stop();
  await server.kill();
  await renewCertificate();
  await server.start();
  agent.start();
  await deploy("three");
  const asked = agent.log().split("vouches for the key").length;
  await agent.stop();
  agent.start();
  await deploy("four");
  expect(agent.log().split("vouches for the key")).toHaveLength(asked);
});

it("another server under the same address is not believed, and the agent says what to do", async () => {
  await server.kill();
  const other = await startSluiceServer({
    known: { data: join(folder, "other"), port: Number(new URL(server.url()).port) },
    args: ["--tls-cert", certificate, "--tls-key", key],
  });
  try {
    await other.kill();
    await renewCertificate();
    await other.start();
    await until("the agent asks for proof", () =>
      agent.log().includes("Its proof that it is the server where this host"),
    );
    expect(agent.log()).toContain("enrol this host again: `sluice agent enroll --force` on this host with a new token");
    expect(await other.sluice("hosts", "list", "--json")).not.toContain("web-1");
  } finally {
    await other.close();
  }
});
