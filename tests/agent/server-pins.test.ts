import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Enrolment } from "@sluice/agent/identity/enrolment-files.ts";
import { type PinOptions, ServerPins } from "@sluice/agent/identity/server-pins.ts";
import { parseSpecification } from "@sluice/agent/protocol/specification.ts";
import { createSelfSignedCertificate } from "@sluice/server/signing/self-signed-certificate.ts";
import { signServerKeys } from "@sluice/server/signing/sign-server-keys.ts";
import {
  createSigningCertificate,
  loadSigningKey,
  type SpecificationSigningKey,
  signSpecification,
} from "@sluice/server/signing/specification-envelope.ts";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";

const AT = new Date("2026-11-01T12:00:00Z");
let signing: SpecificationSigningKey;
let tls: { certificatePem: string; privateKeyPem: string };
let server: Server;
let directory: string;
let answer: { status: number; body: string };

beforeAll(async () => {
  signing = await loadSigningKey(await createSigningCertificate());
  tls = await createSelfSignedCertificate({ commonName: "new" });
});
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-pins-"));
  server = createServer({ cert: tls.certificatePem, key: tls.privateKeyPem }, (_request, response) => {
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

const log = { info() {}, warn() {} };
const pins = (options: PinOptions = {}) =>
  new ServerPins(
    {
      server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      serverFingerprints: ["00".repeat(32)],
      signingCertificate: signing.certificatePem,
    } as unknown as Enrolment,
    directory,
    log,
    { now: () => AT.getTime(), ...options },
  );
const signed = async (content: object) =>
  JSON.stringify({ Format: "PKCS7/JSON", Payload: await signSpecification(JSON.stringify(content), signing) });

it("replaces the pins by the keys that the signing certificate vouches for, also after a restart", async () => {
  answer = { status: 200, body: await signServerKeys(tls, signing, AT) };
  const first = pins();
  await first.renew();
  expect(first.current).toHaveLength(1);
  expect(first.current).not.toContain("00".repeat(32));
  expect(pins().current).toEqual(first.current);
});

it("does not believe kept keys that somebody changed", async () => {
  answer = { status: 200, body: await signServerKeys(tls, signing, AT) };
  await pins().renew();
  const file = join(directory, "server-keys.json");
  const kept = JSON.parse(readFileSync(file, "utf8")) as { Payload: string };
  const middle = Math.floor(kept.Payload.length / 2);
  const changed = kept.Payload[middle] === "A" ? "B" : "A";
  kept.Payload = kept.Payload.slice(0, middle) + changed + kept.Payload.slice(middle + 1);
  writeFileSync(file, JSON.stringify(kept));
  expect(pins().current).toEqual(["00".repeat(32)]);
});

it("refuses proof that is older than what it has", async () => {
  const known = pins();
  answer = { status: 200, body: await signServerKeys(tls, signing, AT) };
  await known.renew();
  const newer = known.current;
  const old = await createSelfSignedCertificate({ commonName: "leaked" });
  answer = { status: 200, body: await signServerKeys(old, signing, new Date("2026-10-01T12:00:00Z")) };
  await expect(known.renew()).rejects.toThrow("older than the proof from 2026-11-01T12:00:00.000Z");
  expect(known.current).toEqual(newer);
});

it("accepts a new proof after one from a server whose clock was years ahead, and refuses old ones still", async () => {
  const known = pins();
  answer = { status: 200, body: await signServerKeys(tls, signing, new Date("2036-11-01T12:00:00Z")) };
  await known.renew();
  const other = await createSelfSignedCertificate({ commonName: "next" });
  answer = { status: 200, body: await signServerKeys(other, signing, new Date("2026-10-01T12:00:00Z")) };
  await expect(known.renew()).rejects.toThrow(/from the future \(2036-11-01T12:00:00.000Z\).*restart it/);
  answer = { status: 200, body: await signServerKeys(other, signing, AT) };
  const before = known.current;
  await known.renew();
  expect(known.current).not.toEqual(before);
});

it("stores no keys for a caller that must change nothing", async () => {
  answer = { status: 200, body: await signServerKeys(tls, signing, AT) };
  const reading = pins({ isStored: false });
  await reading.renew();
  expect(reading.current).not.toContain("00".repeat(32));
  expect(readdirSync(directory)).toEqual([]);
});

it.each<[string, () => Promise<{ status: number; body: string }>, RegExp]>([
  [
    "what another signing certificate signed",
    async () => {
      const other = await loadSigningKey(await createSigningCertificate());
      return { status: 200, body: await signServerKeys(tls, other, AT) };
    },
    /^If it is the right server, enrol this host again: .sluice agent enroll --force.*is not valid: it is signed by another certificate than the pinned one$/,
  ],
  [
    "a signed specification",
    async () => ({ status: 200, body: await signed({ DeploymentId: "d-1", keys: ["00".repeat(32)] }) }),
    /what it signed is not a list of keys/,
  ],
  [
    "keys in another form",
    async () => ({
      status: 200,
      body: await signed({ purpose: "sluice-server-keys", keys: ["AB:CD"], signedAt: AT.toISOString() }),
    }),
    /what it signed is not a list of keys/,
  ],
  ["no JSON", async () => ({ status: 200, body: "<html>" }), /proof .* is not valid/],
  [
    "an older server's refusal",
    async () => ({ status: 403, body: "{}" }),
    /HTTP 403.*older version of Sluice, start it with its earlier certificate/,
  ],
  ["endless bytes", async () => ({ status: 200, body: "x".repeat(100_000) }), /larger than 65536 bytes/],
])("does not believe %s", async (_name, make, complaint) => {
  answer = await make();
  const untouched = pins();
  await expect(untouched.renew()).rejects.toThrow(complaint);
  expect(untouched.current).toEqual(["00".repeat(32)]);
});

it("a list of keys is no specification", async () => {
  const content = JSON.stringify({
    purpose: "sluice-server-keys",
    keys: ["00".repeat(32)],
    signedAt: AT.toISOString(),
  });
  expect(() => parseSpecification(content, "111122223333/web/g/d-A1B2C3D4E")).toThrow("DeploymentId");
});
