import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  ENROLMENT_FILE_NAMES,
  prepareDirectory,
  readEnrolment,
  replaceCredentials,
  writeEnrolment,
} from "./enrolment-files.ts";

const ENROLMENT = {
  server: "http://127.0.0.1:1",
  region: "us-east-1",
  accountId: "0",
  hostId: "i-1",
  hostName: "h",
  hostIdentifier: "arn",
  onPremises: false,
  serverFingerprints: [],
  signingCertificate: "PEM",
  credentials: { accessKeyId: "A", secretAccessKey: "S" },
};

test("an enrolment is written through no link that somebody has put into its directory", () => {
  const base = mkdtempSync(join(tmpdir(), "sluice-enrolment-"));
  try {
    const directory = join(base, "agent");
    const victim = join(base, "victim");
    mkdirSync(directory);
    writeFileSync(victim, "untouched");
    chmodSync(victim, 0o644);
    for (const name of Object.values(ENROLMENT_FILE_NAMES)) {
      symlinkSync(victim, join(directory, name));
      symlinkSync(victim, join(directory, `${name}.unfinished`));
    }
    writeEnrolment(directory, ENROLMENT, { force: true });
    expect([readFileSync(victim, "utf8"), lstatSync(victim).mode & 0o777]).toEqual(["untouched", 0o644]);
    expect(readEnrolment(directory)).toEqual(ENROLMENT);
    expect(lstatSync(join(directory, ENROLMENT_FILE_NAMES.credentials)).mode).toBe(0o100600);
  } finally {
    rmSync(base, { recursive: true });
  }
});

test("its directory lets scripts of other users pass, whatever the umask", () => {
  const base = mkdtempSync(join(tmpdir(), "sluice-enrolment-"));
  const before = process.umask(0o027);
  try {
    prepareDirectory(join(base, "deeper", "agent"));
    for (const path of ["deeper", "deeper/agent"]) expect(lstatSync(join(base, path)).mode & 0o777).toBe(0o755);
  } finally {
    process.umask(before);
    rmSync(base, { recursive: true });
  }
});

test("a crash while a new key is stored leaves the old key or the new one", () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-enrolment-"));
  try {
    writeEnrolment(directory, ENROLMENT);
    const next = { accessKeyId: "B", secretAccessKey: "T" };
    const file = (name: keyof typeof ENROLMENT_FILE_NAMES) => join(directory, ENROLMENT_FILE_NAMES[name]);
    // Nothing replaces the key's file, so that this ends where a crash may.
    mkdirSync(join(`${file("credentials")}.unfinished`, "in the way"), { recursive: true });
    expect(() => replaceCredentials(directory, next)).toThrow();
    expect(readEnrolment(directory)).toEqual(ENROLMENT);
    const between = readFileSync(file("agent"), "utf8");

    rmSync(`${file("credentials")}.unfinished`, { recursive: true });
    replaceCredentials(directory, next);
    expect(readEnrolment(directory)).toEqual({ ...ENROLMENT, credentials: next });
    expect(JSON.parse(readFileSync(file("agent"), "utf8"))).toMatchObject({ accessKeyId: "B" });
    writeFileSync(file("agent"), between);
    expect(readEnrolment(directory)).toEqual({ ...ENROLMENT, credentials: next });
    writeFileSync(file("credentials"), JSON.stringify({ accessKeyId: "C", secretAccessKey: "U" }));
    expect(() => readEnrolment(directory)).toThrow("different enrolments");
  } finally {
    rmSync(directory, { recursive: true });
  }
});
