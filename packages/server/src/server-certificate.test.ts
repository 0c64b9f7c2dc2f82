import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { OperationContext } from "./operations/operation.ts";
import { testContext } from "./operations/operation-context.fixture.ts";
import { givenCertificate, namesNotIn, ownCertificate } from "./server-certificate.ts";
import { createSelfSignedCertificate } from "./signing/self-signed-certificate.ts";
import { startServer } from "./start-server.ts";

const LISTEN = [{ host: "0.0.0.0", port: 7450 }];
const deploy = { name: "deploy.example.org" };
const address = { name: "203.0.113.7", port: 9450 };
const sixAddress = { name: "2001:db8::7" };
let context: OperationContext;
beforeEach(async () => {
  context = await testContext({ now: Date.now() });
});
afterEach(() => context.store.close());

it("has the names of server.names when it is made at the first start", async () => {
  const made = await ownCertificate(context.store, LISTEN, [deploy, address, sixAddress]);
  const certificate = new X509Certificate(made.certificatePem);
  expect(certificate.checkHost("deploy.example.org")).toBe("deploy.example.org");
  expect(certificate.checkIP("203.0.113.7")).toBe("203.0.113.7");
  expect(certificate.checkIP("2001:db8::7")).toBe("2001:db8::7");
  expect(namesNotIn(made, [deploy, address, sixAddress])).toEqual([]);
});

it("stays as it is when names are added later, and tells those that it lacks", async () => {
  const made = await ownCertificate(context.store, LISTEN, []);
  const kept = await ownCertificate(context.store, LISTEN, [deploy, address]);
  expect(kept).toEqual(made);
  const behindProxy = { name: "proxy.example.org", scheme: "https" as const };
  expect(namesNotIn(kept, [deploy, { ...deploy, port: 443 }, address, { name: "localhost" }, behindProxy])).toEqual([
    "deploy.example.org",
    "203.0.113.7",
  ]);
});

it("refuses files that no server could show, before it makes anything", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-tls-"));
  const [cert, key, otherKey, none] = ["cert.pem", "key.pem", "other-key.pem", "none.pem"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  try {
    const names = { commonName: "a", subjectAltNames: ["a.example"] };
    const made = await createSelfSignedCertificate(names);
    writeFileSync(cert, made.certificatePem);
    writeFileSync(key, made.privateKeyPem);
    writeFileSync(otherKey, (await createSelfSignedCertificate(names)).privateKeyPem);
    expect(givenCertificate({ tlsCert: cert, tlsKey: key })).toEqual(made);
    const dataDirectory = join(folder, "data");
    const start = (tlsCert: string, tlsKey: string) =>
      startServer({ dataDirectory, listen: [{ host: "127.0.0.1", port: 0 }], tlsCert, tlsKey });
    await expect(start(none, key)).rejects.toThrow(`--tls-cert ${none} does not exist. Name a PEM file`);
    await expect(start(cert, folder)).rejects.toThrow(`--tls-key ${folder} is a directory, not a file`);
    await expect(start(key, key)).rejects.toThrow(`--tls-cert is ${key}: it holds no certificate in PEM form`);
    await expect(start(cert, cert)).rejects.toThrow(`--tls-key is ${cert}: it holds no private key in PEM form`);
    await expect(start(cert, otherKey)).rejects.toThrow(
      `--tls-key is ${otherKey}: it is not the key of the certificate in ${cert}`,
    );
    expect(existsSync(dataDirectory)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
