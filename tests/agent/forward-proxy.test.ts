import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { createHost } from "@sluice/agent/host/host.ts";
import { enrolHost } from "@sluice/agent/identity/enrol.ts";
import { agentChecks } from "@sluice/cli/doctor/agent-checks.ts";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { createSelfSignedCertificate } from "@sluice/server/signing/self-signed-certificate.ts";
import { encodeEnrolmentToken } from "@sluice/wire/sluice/enrolment-token.ts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  enrolledDirectory,
  FakeHost,
  removeDirectory,
  type StartedAgent,
  startAgent,
  until,
} from "./agent-bench.fixture.ts";
import { ConnectProxy } from "./connect-proxy.fixture.ts";
import { FakeCommandServer, HOST_IDENTIFIER } from "./fake-command-server.fixture.ts";

/** No name of this machine's: only the proxy knows where it is. */
const SERVER = "https://sluice.test:7450";

let fake: FakeCommandServer;
let front: Server;
let proxy: ConnectProxy;
let directory: string;
let fingerprint: string;
let agent: StartedAgent | undefined;
/** Bytes that came through the TLS of the front. */
let received: string;
const sockets = new Set<Socket>();

beforeEach(async () => {
  fake = await FakeCommandServer.start();
  const { certificatePem, privateKeyPem } = await createSelfSignedCertificate({ commonName: "sluice.test" });
  fingerprint = new X509Certificate(certificatePem).fingerprint256.replaceAll(":", "").toLowerCase();
  received = "";
  front = createServer({ cert: certificatePem, key: privateKeyPem }, (secured) => {
    const plain = connect(Number(new URL(fake.url).port), "127.0.0.1");
    for (const socket of [secured, plain]) sockets.add(socket.on("error", () => {}));
    secured.on("data", (bytes: Buffer) => {
      received += bytes.toString("latin1");
      // The command server knows calls only, and no proof of a new key.
      if (received.startsWith("GET")) secured.destroy();
      else plain.write(bytes);
    });
    plain.pipe(secured);
  });
  front.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  proxy = await ConnectProxy.start(() => (front.address() as AddressInfo).port);
  directory = enrolledDirectory(fake);
});
afterEach(async () => {
  await agent?.stop();
  agent = undefined;
  vi.unstubAllEnvs();
  await proxy.stop();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => front.close(resolve));
  await fake.goAway();
  removeDirectory(directory);
});

/** As enrolment would have left it, and with what its operator adds. */
function setUp(fingerprints: readonly string[], host?: object): void {
  const file = join(directory, "agent.json");
  const written = JSON.parse(readFileSync(file, "utf8"));
  const settings = host === undefined ? {} : { host };
  writeFileSync(file, JSON.stringify({ ...written, server: SERVER, serverFingerprints: fingerprints, ...settings }));
}

const start = () => {
  agent = startAgent(directory, new FakeHost());
  return agent;
};

it.each(["the environment", "agent.json"])(
  "an agent reaches its server through the proxy of %s, TLS from end to end",
  async (where) => {
    if (where === "agent.json") setUp([fingerprint], { proxy: proxy.url(), noProxy: [] });
    else {
      setUp([fingerprint]);
      vi.stubEnv("https_proxy", proxy.url());
    }
    const { lines } = start();
    fake.deploy("d-1", ["BeforeInstall", "AfterInstall"]);
    await until(() => fake.completions.length === 2);
    expect(new Set(proxy.asked)).toEqual(new Set(["CONNECT sluice.test:7450"]));
    expect(lines.join("\n")).toContain(proxy.url(""));
    expect(lines.join("\n")).not.toContain("s3cret");
  },
);

it("doctor reaches the server as the agent does", async () => {
  setUp([fingerprint], { proxy: proxy.url(), noProxy: [] });
  const checks = await agentChecks(directory);
  expect(checks.map(({ subject }) => subject)).toContain("server");
  expect(checks.find(({ subject }) => subject === "proxy")).toMatchObject({
    detail: expect.stringContaining("agent.json"),
  });
  // The proxy resolves the name, and this host need not.
  expect(checks.some(({ subject }) => subject === "name")).toBe(false);
  expect(new Set(proxy.asked)).toEqual(new Set(["CONNECT sluice.test:7450"]));
});

it("a server whose certificate is not pinned gets not one byte of a request", async () => {
  setUp(["00".repeat(32)], { proxy: proxy.url() });
  const { lines } = start();
  await until(() => lines.some((line) => line.includes("a certificate that this host does not know")));
  // What it is asked is public: the proof of a new key.
  expect(received).not.toMatch(/POST|authorization/i);
});

it("a proxy that refuses is named, and its password is not", async () => {
  setUp([fingerprint], { proxy: proxy.url("host:wr0ng@") });
  const { lines } = start();
  await until(() => lines.some((line) => line.includes("407")));
  expect(lines.join("\n")).toContain(`via ${proxy.url("")}`);
  expect(lines.join("\n")).not.toContain("wr0ng");
  expect(proxy.asked).toEqual([]);
});

it("what no_proxy names is asked directly, and so is everything where the environment's proxy is no HTTP proxy", async () => {
  setUp([fingerprint]);
  vi.stubEnv("https_proxy", proxy.url());
  vi.stubEnv("no_proxy", ".test");
  const first = start();
  await until(() => first.lines.some((line) => /ENOTFOUND|EAI_AGAIN/.test(line)));
  await first.stop();
  vi.stubEnv("no_proxy", "");
  vi.stubEnv("https_proxy", "socks5://host:s3cret@127.0.0.1:1");
  const second = start();
  await until(() => second.lines.some((line) => /ENOTFOUND|EAI_AGAIN/.test(line)));
  expect(second.lines.join("\n")).toContain("directly, because https_proxy is not the URL of an HTTP proxy");
  expect(second.lines.join("\n")).not.toContain("s3cret");
  expect([...proxy.asked, ...proxy.refused]).toEqual([]);
});

it("a host enrols through it", async () => {
  fake.enrolAnswer = {
    hostId: "i-1",
    hostIdentifier: HOST_IDENTIFIER,
    accessKeyId: "AKIAHOST",
    secretAccessKey: "secret",
    region: "eu-west-1",
    accountId: "111122223333",
    signingCertificate: fake.certificate.certificatePem,
  };
  vi.stubEnv("HTTPS_PROXY", proxy.url());
  const token = encodeEnrolmentToken({ id: "t-1", secret: "the-token-secret", fingerprints: [fingerprint] });
  await enrolHost({ server: SERVER, token, directory, name: "web-1", force: true });
  expect(proxy.asked).toEqual(["CONNECT sluice.test:7450"]);
});

it("bundles come through it, but for what is on this machine or tells its credentials", async () => {
  const host = createHost({
    directory,
    config: { proxy: proxy.url(), noProxy: [], timing: { downloadRetryDelays: [], serverAwayAtMost: 0 } },
  });
  const messageOf = async (bundleUrl: string) => {
    const specification: DeploymentSpecification = {
      DeploymentId: "d-1",
      DeploymentGroupId: "group-1",
      DeploymentGroupName: "web",
      ApplicationName: "shop",
      Revision: { RevisionType: "S3", S3Revision: { Bucket: "b", Key: "k", BundleType: "tgz" } },
      DeploymentCreator: "user",
      DeploymentType: "IN_PLACE",
      AppSpecFilename: "appspec.yml",
    };
    const command = { commandName: "DownloadBundle", specification, bundleUrl };
    return (await host.run(command, { write() {} }, new AbortController().signal)).message;
  };
  try {
    // The front shows a certificate that nobody vouches for.
    expect(await messageOf("https://bundles.test/b/k?X-Amz-Signature=x")).toMatch(/self-signed certificate/);
    expect(proxy.asked).toEqual(["CONNECT bundles.test:443"]);
    for (const url of [
      "http://169.254.169.254/latest",
      "https://[fd00:ec2::254]/",
      "https://localhost/x",
      "http://127.0.0.1/x",
    ]) {
      expect(await messageOf(url)).toMatch(/was not downloaded: it is on/);
    }
    expect(proxy.asked).toHaveLength(1);
  } finally {
    host.close();
  }
});
