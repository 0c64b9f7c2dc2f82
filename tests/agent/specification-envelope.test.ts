import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  EnvelopeRefused,
  openEnvelope,
  type PinnedCertificate,
  pinCertificate,
} from "@sluice/agent/identity/envelope.ts";
import {
  createSigningCertificate,
  loadSigningKey,
  type SpecificationSigningKey,
  signSpecification,
} from "@sluice/server/signing/specification-envelope.ts";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const CONTENT = JSON.stringify({ DeploymentId: "d-111111111", ApplicationName: "café" });
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

let key: SpecificationSigningKey;
let pinned: PinnedCertificate;
let payload: string;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-envelope-"));
  const certificate = await createSigningCertificate();
  key = await loadSigningKey(certificate);
  pinned = pinCertificate(certificate.certificatePem);
  payload = await signSpecification(CONTENT, key);
  writeFileSync(join(directory, "key.pem"), certificate.privateKeyPem);
  writeFileSync(join(directory, "certificate.pem"), certificate.certificatePem);
  writeFileSync(join(directory, "content"), CONTENT);
});
afterAll(() => rmSync(directory, { recursive: true }));

const open = (text: string) => openEnvelope({ Format: "PKCS7/JSON", Payload: text }, pinned);
const derOf = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");

describe("an envelope that our server signed", () => {
  it("opens under the pinned certificate, as PEM and as bare base64", () => {
    expect(open(payload)).toBe(CONTENT);
    expect(open(derOf(payload).toString("base64"))).toBe(CONTENT);
  });

  it.skipIf(!hasOpenssl)("is a PKCS7 that OpenSSL verifies, which is how the reference agent reads it", () => {
    const certificate = join(directory, "certificate.pem");
    for (const [command, trust] of [
      ["smime", ["-noverify"]],
      ["cms", ["-noverify"]],
      ["cms", ["-CAfile", certificate]],
    ] as const) {
      const verified = spawnSync("openssl", [command, "-verify", "-inform", "PEM", ...trust], { input: payload });
      expect(verified.stderr.toString()).toMatch(/verification successful/i);
      expect(verified.stdout.toString()).toBe(CONTENT);
    }
  });

  it("holds contents of every size", async () => {
    for (const length of [1, 127, 128, 255, 256, 65_535, 65_536, 200_000]) {
      const content = "x".repeat(length);
      expect(open(await signSpecification(content, key))).toBe(content);
    }
  });
});

describe.skipIf(!hasOpenssl)("an envelope that OpenSSL signed with the pinned key", () => {
  const signWithOpenssl = (...options: string[]) => {
    const files = ["-signer", join(directory, "certificate.pem"), "-inkey", join(directory, "key.pem")];
    const args = [
      "cms",
      "-sign",
      "-binary",
      "-noindef",
      "-outform",
      "PEM",
      "-in",
      join(directory, "content"),
      ...files,
      ...options,
    ];
    const signed = spawnSync("openssl", args);
    expect(signed.stderr.toString()).toBe("");
    return signed.stdout.toString();
  };

  it("opens", () => {
    expect(open(signWithOpenssl("-nodetach", "-md", "sha256"))).toBe(CONTENT);
  });

  it("is refused without its content, its certificate or its signed attributes, and with another digest", () => {
    for (const options of [
      ["-md", "sha256"],
      ["-nodetach", "-md", "sha256", "-nocerts"],
      ["-nodetach", "-md", "sha256", "-noattr"],
      ["-nodetach", "-md", "sha512"],
    ]) {
      expect(() => open(signWithOpenssl(...options))).toThrow(EnvelopeRefused);
    }
  });
});

describe("an envelope that is not what the pinned certificate signed", () => {
  it("is refused when another key signed it, even under the same name", async () => {
    const other = await loadSigningKey(await createSigningCertificate());
    expect(() => open("")).toThrow(EnvelopeRefused);
    const foreign = await signSpecification(CONTENT, other);
    expect(() => open(foreign)).toThrow("another certificate than the pinned one");
    // The pinned certificate inside, and somebody else's signature.
    const forged = await signSpecification(CONTENT, { ...key, privateKey: other.privateKey });
    expect(() => open(forged)).toThrow("signature does not verify");
  });

  it("is refused when its content was altered, also with a digest that fits", () => {
    const der = derOf(payload);
    const altered = Buffer.from(der);
    altered.write("9", altered.indexOf("d-111111111") + 2);
    expect(() => open(altered.toString("base64"))).toThrow("content was altered");
  });

  it("is refused after any change of any byte", () => {
    const der = derOf(payload);
    for (let index = 0; index < der.length; index++) {
      const altered = Buffer.from(der);
      altered[index] = altered[index]! ^ 0x01;
      expect(() => open(altered.toString("base64")), `byte ${index}`).toThrow(EnvelopeRefused);
    }
  });

  it("is refused when cut short, lengthened or replaced by noise", () => {
    const der = derOf(payload);
    for (let length = 0; length < der.length; length += 7) {
      expect(() => open(der.subarray(0, length).toString("base64"))).toThrow(EnvelopeRefused);
    }
    expect(() => open(Buffer.concat([der, Buffer.from([5, 0])]).toString("base64"))).toThrow(EnvelopeRefused);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (noise) => {
        expect(() => open(Buffer.from(noise).toString("base64"))).toThrow(EnvelopeRefused);
      }),
    );
  });

  it("is refused in another format, and unsigned", () => {
    expect(() => openEnvelope({ Format: "TEXT/JSON", Payload: CONTENT }, pinned)).toThrow('format is "TEXT/JSON"');
    expect(() => open(CONTENT)).toThrow("neither PEM nor base64");
  });

  it("is refused when it is only the certificate", () => {
    expect(() => open(readFileSync(join(directory, "certificate.pem"), "utf8"))).toThrow(EnvelopeRefused);
  });
});
