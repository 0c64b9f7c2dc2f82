import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSelfSignedCertificate } from "@sluice/server/signing/self-signed-certificate.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-certificate-"));
let server: SluiceServer;

beforeAll(async () => {
  const made = await createSelfSignedCertificate({ commonName: "old", subjectAltNames: ["127.0.0.1", "old.example"] });
  const [certificate, key, config] = ["cert.pem", "key.pem", "sluice.yml"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(certificate, made.certificatePem);
  writeFileSync(key, made.privateKeyPem, { mode: 0o600 });
  writeFileSync(config, "server:\n  names:\n    - old.example\n    - new.example\n");
  server = await startSluiceServer({ args: ["--tls-cert", certificate, "--tls-key", key, "--config", config] });
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

it("the log warns at start of names that callers may use and the certificate lacks, and says what to do", () => {
  const lines = server.log().split("\n");
  const warnings = lines.filter((line) => line.includes("not in the server's certificate"));
  expect(warnings).toHaveLength(1);
  expect(JSON.parse(warnings[0]!)).toMatchObject({ level: 40, names: ["new.example"] });
  expect(warnings[0]).toContain("--tls-cert and --tls-key");
});

it("a caller by a name that the server does not know is told of server.names, and of the certificate", async () => {
  const { hostname, port } = new URL(server.url());
  const answer = await new Promise<string>((resolve, reject) => {
    const call = request({
      hostname,
      port,
      method: "POST",
      headers: { host: "other.example" },
      rejectUnauthorized: false,
    });
    call.once("error", reject).once("response", (response) => {
      let text = String(response.statusCode);
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.once("end", () => resolve(text));
    });
    call.end("{}");
  });
  expect(answer).toMatch(/^421.*other\.example.*server\.names in sluice\.yml.*certificate/);
});
