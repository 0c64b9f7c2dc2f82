import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeEnrolment } from "../identity/enrolment-files.ts";
import { rotateHostKey } from "./host-calls.ts";

it("asks for no new key where it could not be stored", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-rotate-"));
  try {
    writeEnrolment(directory, {
      server: "http://127.0.0.1:9",
      region: "us-east-1",
      accountId: "111122223333",
      hostId: "i-1",
      hostName: "web-1",
      hostIdentifier: "arn:aws:iam::111122223333:host/web-1",
      onPremises: false,
      serverFingerprints: [],
      signingCertificate: "the signing certificate",
      credentials: { accessKeyId: "AKIAOLD", secretAccessKey: "old" },
    });
    await expect(rotateHostKey(directory)).rejects.toThrow("127.0.0.1:9");
    mkdirSync(join(directory, `enrolment-try.${process.pid}.unfinished`));
    await expect(rotateHostKey(directory)).rejects.toThrow("EISDIR");
  } finally {
    rmSync(directory, { recursive: true });
  }
});
