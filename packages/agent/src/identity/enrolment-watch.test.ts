import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Enrolment, readEnrolment, replaceCredentials, writeEnrolment } from "./enrolment-files.ts";
import { EnrolmentWatch } from "./enrolment-watch.ts";

const ENROLMENT: Omit<Enrolment, "host"> = {
  server: "https://deploy.example.org:7450",
  region: "us-east-1",
  accountId: "111122223333",
  hostId: "i-1",
  hostName: "web-1",
  hostIdentifier: "arn:aws:iam::111122223333:host/web-1",
  onPremises: false,
  serverFingerprints: ["00".repeat(32)],
  signingCertificate: "the signing certificate",
  credentials: { accessKeyId: "AKIAOLD", secretAccessKey: "old" },
};

let directory: string;
let said: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-watch-"));
  said = [];
  writeEnrolment(directory, ENROLMENT);
});
afterEach(() => rmSync(directory, { recursive: true }));

function watched() {
  const enrolment = readEnrolment(directory);
  const connections = { options: {} as { ca?: unknown } };
  const log = { info: (message: string) => said.push(message), warn: (message: string) => said.push(message) };
  const watch = new EnrolmentWatch({ directory, enrolment, connections: () => [connections as never], log });
  return { enrolment, connections, watch };
}

it("takes up a new key once it is there as a whole", () => {
  const { enrolment, watch } = watched();
  watch.takeUp();
  expect(said).toEqual([]);
  const agent = readFileSync(join(directory, "agent.json"), "utf8");
  replaceCredentials(directory, { accessKeyId: "AKIANEW", secretAccessKey: "new" });
  const renewed = readFileSync(join(directory, "agent.json"), "utf8");
  writeFileSync(join(directory, "agent.json"), agent);
  watch.takeUp();
  expect(enrolment.credentials).toEqual({ accessKeyId: "AKIAOLD", secretAccessKey: "old" });
  writeFileSync(join(directory, "agent.json"), renewed);
  watch.takeUp();
  expect(enrolment.credentials).toEqual({ accessKeyId: "AKIANEW", secretAccessKey: "new" });
  expect(said).toEqual(["the agent uses the host's new key"]);
});

it("takes up other pins and another authority for the next connections", () => {
  const { enrolment, connections, watch } = watched();
  const changed = { ...ENROLMENT, serverFingerprints: ["11".repeat(32)], certificateAuthority: "an authority" };
  writeEnrolment(directory, changed, { force: true });
  watch.takeUp();
  expect(enrolment.serverFingerprints).toEqual(["11".repeat(32)]);
  expect(connections.options.ca).toBe("an authority");
});

it("leaves an enrolment of another host to the next start", () => {
  const { enrolment, watch } = watched();
  const credentials = { accessKeyId: "AKIAOTHER", secretAccessKey: "other" };
  writeEnrolment(directory, { ...ENROLMENT, hostIdentifier: "arn:other", credentials }, { force: true });
  watch.takeUp();
  expect(enrolment.credentials.accessKeyId).toBe("AKIAOLD");
  expect(said).toEqual(["the directory has another enrolment now; the agent uses the old one until it is restarted"]);
});
