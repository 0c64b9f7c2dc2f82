import { X509Certificate } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { enrolHost } from "@sluice/agent/identity/enrol.ts";
import { NotEnrolled, readEnrolment } from "@sluice/agent/identity/enrolment-files.ts";
import { readAgentStatus } from "@sluice/agent/status.ts";
import { createSigningCertificate, type SigningCertificate } from "@sluice/server/signing/specification-envelope.ts";
import { encodeEnrolmentToken } from "@sluice/wire/sluice/enrolment-token.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { enrolledDirectory, FakeHost, removeDirectory, startAgent, until } from "./agent-bench.fixture.ts";
import { FakeCommandServer, HOST_IDENTIFIER } from "./fake-command-server.fixture.ts";

let server: FakeCommandServer;
let directory: string;
const token = encodeEnrolmentToken({ id: "t-1", secret: "the-token-secret", fingerprints: [] });

beforeEach(async () => {
  server = await FakeCommandServer.start();
  server.enrolAnswer = answer(server.certificate);
  directory = enrolledDirectory(server);
  for (const name of readdirSync(directory)) rmSync(join(directory, name));
});
afterEach(async () => {
  await server.goAway();
  removeDirectory(directory);
});

function answer(certificate: SigningCertificate) {
  return {
    hostId: "i-0123456789abcdef0",
    hostIdentifier: HOST_IDENTIFIER,
    accessKeyId: "AKIAHOST",
    secretAccessKey: "secret-of-the-host",
    region: "eu-west-1",
    accountId: "111122223333",
    signingCertificate: certificate.certificatePem,
  };
}

describe("enrolling", () => {
  it("buys a key with the token, keeps it to the agent's user, and is enough to run", async () => {
    const tags = [{ Key: "role", Value: "web" }];
    const enrolled = await enrolHost({ server: `${server.url}/`, token, directory, name: "web-1", tags, zone: "a" });
    expect(enrolled).not.toHaveProperty("credentials");
    expect(server.callsOf("EnrolHost")[0]!.input).toMatchObject({ token, hostName: "web-1", tags, zone: "a" });
    expect(statSync(join(directory, "credentials.json")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, "agent.json"), "utf8")).not.toContain("secret");
    expect(readEnrolment(directory)).toMatchObject({
      server: server.url,
      region: "eu-west-1",
      hostId: "i-0123456789abcdef0",
      credentials: { accessKeyId: "AKIAHOST", secretAccessKey: "secret-of-the-host" },
    });
    expect(readdirSync(directory).sort()).toEqual(["agent.json", "credentials.json", "signing-certificate.pem"]);
    server.deploy("d-1", ["Install"]);
    const agent = startAgent(directory, new FakeHost());
    await until(() => server.completions.length === 1);
    expect(server.completions[0]!.status).toBe("Succeeded");
    expect(await agent.stop()).toBe(0);
  });

  it("asks again when the connection broke off before an answer, or the server was in trouble, by the same client token", async () => {
    const faults = ["lose-answer", "lose-request", { status: 500, code: "InternalFailure" }] as const;
    server.fault = ({ operation }) =>
      operation === "EnrolHost" ? faults[server.callsOf("EnrolHost").length - 1] : undefined;
    await enrolHost({ server: server.url, token, directory, name: "web-1" });
    const tokens = server.callsOf("EnrolHost").map(({ input }) => input.clientToken);
    expect(tokens).toHaveLength(4);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it("replaces nothing without force", async () => {
    await enrolHost({ server: server.url, token, directory });
    await expect(enrolHost({ server: server.url, token, directory })).rejects.toThrow("Use --force to replace it");
    expect(server.callsOf("EnrolHost")).toHaveLength(1);
    server.enrolAnswer = { ...server.enrolAnswer, hostId: "i-11111111111111111" };
    await enrolHost({ server: server.url, token, directory, force: true });
    expect((await readAgentStatus(directory)).hostId).toBe("i-11111111111111111");
  });

  it("replaces no other agent's enrolment that somebody puts in the place of the directory meanwhile", async () => {
    const other = `${directory}-other`;
    mkdirSync(other);
    try {
      writeFileSync(join(other, "agent.json"), "of root's own agent");
      server.fault = () => {
        renameSync(directory, `${directory}-moved`);
        symlinkSync(other, directory);
        return undefined;
      };
      await expect(enrolHost({ server: server.url, token, directory })).rejects.toThrow("Use --force to replace it");
      expect(readdirSync(other)).toEqual(["agent.json"]);
      expect(readFileSync(join(other, "agent.json"), "utf8")).toBe("of root's own agent");
    } finally {
      rmSync(other, { recursive: true });
      rmSync(`${directory}-moved`, { recursive: true, force: true });
    }
  });

  it("spends no use of the token where the enrolment cannot be written, and leaves nothing behind", async () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    const enrolInto = (data: string) =>
      enrolHost({ server: server.url, token, directory: data }).then(
        () => "it was enrolled",
        (error: Error) => error.message,
      );
    expect(await enrolInto(file)).toBe(
      `--data ${file} is not a directory: it or a part of its path is a file (EEXIST). Name another directory`,
    );
    expect(await enrolInto(join(file, "x"))).toContain(
      "is not a directory: it or a part of its path is a file (ENOTDIR)",
    );
    expect(await enrolInto("/proc/sluice-test/agent")).toBe(
      "--data /proc/sluice-test/agent cannot be created (ENOENT). Name another directory",
    );
    expect(server.callsOf("EnrolHost")).toHaveLength(0);
    server.fault = () => ({ status: 400, code: "EnrolmentTokenInvalidException", message: "the token has been used" });
    expect(await enrolInto(join(directory, "new", "agent"))).toContain("the token has been used");
    expect(readdirSync(directory)).toEqual(["file"]);
  });

  it("keeps the operator's settings to the agent's user, and when the host is enrolled anew", async () => {
    await enrolHost({ server: server.url, token, directory });
    const file = join(directory, "agent.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const settings = { maxRevisions: 3, gitHubToken: "of-the-operator" };
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), host: settings }));
    await enrolHost({ server: server.url, token, directory, force: true });
    expect(readEnrolment(directory).host).toEqual(settings);
  });

  it("says what is wrong, leaves nothing behind, and never quotes the token", async () => {
    const enrol = (options: object) => enrolHost({ server: server.url, token, directory, name: "web-1", ...options });
    const messageOf = (options: object) =>
      enrol(options).then(
        () => "it was enrolled",
        (error: Error) => error.message,
      );
    expect(await messageOf({ server: "sluice.example" })).toContain("is not an address such as");
    expect(await messageOf({ token: token.slice(0, -9) })).toContain("Copy the whole token");
    server.fault = () => ({ status: 400, code: "EnrolmentTokenInvalidException", message: "the token has been used" });
    expect(await messageOf({})).toContain("refused to enrol web-1: the token has been used");
    server.fault = () => undefined;
    server.enrolAnswer = { ...server.enrolAnswer, signingCertificate: "none" };
    expect(await messageOf({})).toContain("signing certificate cannot be read");
    await server.goAway();
    expect(await messageOf({})).toBe(
      `${server.url} cannot be reached to enrol web-1: connection refused. Check that the server is running. Check the address.`,
    );
    await server.listen();
    expect(readdirSync(directory)).toEqual([]);
    expect(() => readEnrolment(directory)).toThrow(NotEnrolled);
    expect((await readAgentStatus(directory)).enrolled).toBe(false);
  });
});

describe("a server whose certificate the token names", () => {
  let tls: SigningCertificate;
  let https: Server;
  let asked: number;
  beforeEach(async () => {
    asked = 0;
    tls = await createSigningCertificate();
    https = createServer({ cert: tls.certificatePem, key: tls.privateKeyPem }, (_request, response) => {
      asked += 1;
      response.end(JSON.stringify(answer(server.certificate)));
    });
    await new Promise<void>((resolve) => https.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    https.closeAllConnections();
    https.close();
  });

  const fingerprintOf = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
  const enrolWith = (fingerprints: readonly string[]) =>
    enrolHost({
      server: `https://127.0.0.1:${(https.address() as AddressInfo).port}`,
      token: encodeEnrolmentToken({ id: "t", secret: "s", fingerprints }),
      directory,
    });

  it("is trusted, at enrolment and ever after", async () => {
    const fingerprint = fingerprintOf(tls.certificatePem);
    await enrolWith([fingerprint]);
    expect(readEnrolment(directory).serverFingerprints).toEqual([fingerprint]);
  });

  it("is to be called by https, and says so to who writes http", async () => {
    const { port } = https.address() as AddressInfo;
    const enrolled = enrolHost({
      server: `http://127.0.0.1:${port}`,
      token: encodeEnrolmentToken({ id: "t", secret: "s", fingerprints: [fingerprintOf(tls.certificatePem)] }),
      directory,
    });
    await expect(enrolled).rejects.toThrow(`This server uses TLS: use --server https://127.0.0.1:${port}`);
    expect(asked).toBe(0);
  });

  it("has the agent say how to go on when it shows another certificate later, in its log and its status", async () => {
    await enrolWith([fingerprintOf(tls.certificatePem)]);
    const file = join(directory, "agent.json");
    const other = { serverFingerprints: ["00".repeat(32)] };
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...other }));
    const agent = startAgent(directory, new FakeHost());
    const cure =
      "If it is the right server, enrol this host again: `sluice agent enroll --force` on this host with a new token";
    await until(() => agent.lines.some((line) => line.includes("did not answer a poll")));
    expect(agent.lines.find((line) => line.includes("did not answer a poll"))).toContain(cure);
    expect((await readAgentStatus(directory)).running?.lastFailure).toContain(cure);
    expect(await agent.stop()).toBe(0);
  });

  it("is not shown the token when it is another, or when the token names none", async () => {
    const other = fingerprintOf((await createSigningCertificate()).certificatePem);
    await expect(enrolWith([other])).rejects.toThrow(
      /^https:\S+ shows a certificate that the token does not name\. It is another server, or its certificate is newer than the token\. If it is the right server, create a new token on the server \(sluice token create\), and enrol with it\. Fingerprints \(sha256\): shown [0-9a-f]{16}…, key [0-9a-f]{16}…; known [0-9a-f]{16}…$/,
    );
    await expect(enrolWith([])).rejects.toThrow("cannot be reached");
    expect(asked).toBe(0);
    expect(existsSync(join(directory, "agent.json"))).toBe(false);
  });
});
