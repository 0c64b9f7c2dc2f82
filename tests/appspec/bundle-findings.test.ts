import { gzipSync } from "node:zlib";
import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { type RawTarEntry, type RawZipEntry, rawTar, rawZip } from "@sluice/agent/host/archive/raw-archives.fixture.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { BundleFindings, toldOf } from "@sluice/server/preflight/bundle-findings.ts";
import { readBundle } from "@sluice/wire/archive/read-bundle.ts";
import { describe, expect, it } from "vitest";

const HEAD = "version: 0.0\nos: linux\n";
const VALID = `${HEAD}hooks:\n  ValidateService:\n    - location: check.sh\n`;
const never = new AbortController().signal;
const SCRIPT = "#!/bin/sh\n";
const EXECUTABLE = 0o755;
const REGULAR_FILE = 0o100000;
const LINK = 0o120000;

interface Entry {
  readonly name: string;
  readonly content?: string | Buffer;
  readonly mode?: number;
  readonly linkTo?: string;
}

const tarred = ({ name, content, mode, linkTo }: Entry): RawTarEntry =>
  linkTo === undefined
    ? { name, content: content ?? "", ...(mode === undefined ? {} : { mode }) }
    : { name, type: "2", linkName: linkTo };
const zipped = ({ name, content, mode = 0o644, linkTo }: Entry): RawZipEntry =>
  linkTo === undefined
    ? { name, content: content ?? "", unixMode: REGULAR_FILE | mode }
    : { name, content: linkTo, unixMode: LINK | 0o777 };

const PACKED = [
  ["zip", (entries: readonly Entry[]) => rawZip(entries.map(zipped))],
  ["tar", (entries: readonly Entry[]) => rawTar(entries.map(tarred))],
  ["tgz", (entries: readonly Entry[]) => gzipSync(rawTar(entries.map(tarred)))],
] as const;

const appSpec = (content: string | Buffer = VALID, name = "appspec.yml"): Entry => ({ name, content });
const check = { name: "check.sh", content: SCRIPT, mode: EXECUTABLE };

describe.each(PACKED)("a %s", (bundleType, pack) => {
  const read = (...entries: readonly Entry[]) => readBundle(pack(entries), bundleType, never);
  const checks = async (...entries: readonly Entry[]) => {
    const reading = await read(...entries);
    if (reading.outcome !== "read") throw new Error(reading.reason);
    return reading.findings.map(({ check: name, line }) => `${name} ${line}`);
  };

  it("has its AppSpec in the root, appspec.yml before appspec.yaml", async () => {
    const broken = appSpec("version: 9", "appspec.yaml");
    expect(await read(broken, check, appSpec())).toMatchObject({
      fileName: "appspec.yml",
      findings: [{ check: "second-app-spec" }],
    });
    expect(await read(appSpec(VALID, "./appspec.yaml"), check)).toMatchObject({ outcome: "read", fileName: "appspec.yaml", findings: [] });
  });

  it("may have one directory around everything, as agents take it away", async () => {
    expect(await checks({ ...check, name: "web-1/check.sh" }, appSpec(VALID, "web-1/appspec.yml"))).toEqual([]);
    expect(await checks(appSpec(VALID, "web-1/appspec.yml"), { name: "other" })).toEqual(["missing-app-spec null"]);
    for (const name of ["../appspec.yml", "/appspec.yml"]) expect(await checks(appSpec(VALID, name))).toEqual(["missing-app-spec null"]);
  });

  it("is held against its AppSpec: scripts, their first lines and modes, links", async () => {
    const text = `${HEAD}hooks:\n  BeforeInstall: [{location: a.sh}]\n  AfterInstall: [{location: b.sh}]\n  ApplicationStart: [{location: l/c.sh}]\n  ValidateService: [{location: d.sh}]\n`;
    const entries: readonly Entry[] = [
      { name: "a.sh", content: "#!/bin/sh\r\n", mode: EXECUTABLE },
      appSpec(text),
      { name: "b.sh", content: SCRIPT },
      { name: "l", linkTo: "real" },
      { name: "real/c.sh", content: "\uFEFF#!/bin/sh\n", mode: EXECUTABLE },
    ];
    expect(await checks(...entries)).toEqual(["unusable-script 4", "not-executable 5", "script-start 6", "missing-script 7"]);
  });

  it("is refused in the words in which agents refuse it", async () => {
    expect(await read(appSpec("version: 9\nos: linux\n"))).toMatchObject({
      findings: [{ check: "refused", severity: "error", message: expect.stringContaining("invalid version value (9)") }],
    });
  });

  it("is not read where its AppSpec is too large, or a link", async () => {
    expect(await read(appSpec(Buffer.alloc(1024 * 1024 + 1, "#")))).toMatchObject({ outcome: "unchecked" });
    expect(await read({ name: "appspec.yml", linkTo: "/etc/passwd" })).toMatchObject({ outcome: "unchecked" });
  });

  it("with too many entries is not taken for wrapped: what lies beside the directory may be among those left out", async () => {
    const many = Array.from({ length: 10_000 }, (_, index): Entry => ({ name: `web-1/f${index}` }));
    const wrapped = [appSpec(VALID, "web-1/appspec.yml"), ...many];
    expect(await read(...wrapped, { name: "other/f" })).toEqual({ outcome: "unchecked", reason: "it has too many entries for that" });
    expect(await read(appSpec(), ...many)).toMatchObject({ outcome: "read", fileName: "appspec.yml", findings: [] });
  });

  it("that is damaged is told as such", async () => {
    expect(await readBundle(pack([appSpec()]).subarray(0, 60), bundleType, never)).toMatchObject({
      findings: [{ severity: "error", message: expect.stringContaining(`not a readable ${bundleType}`) }],
    });
  });
});

describe("a tar as agents read it", () => {
  const pax = (records: Readonly<Record<string, string>>): RawTarEntry => ({
    name: "PaxHeaders/x",
    type: "x",
    content: Object.entries(records)
      .map(([key, value]) => {
        const rest = ` ${key}=${value}\n`;
        const length = rest.length + String(rest.length + 2).length;
        return `${length}${rest}`;
      })
      .join(""),
  });
  const text = `${VALID}files:\n  - source: data.img\n    destination: /srv\n`;

  it("has a sparse file under its own name", async () => {
    const entries = [
      { name: "appspec.yml", content: text },
      { name: check.name, content: SCRIPT, mode: EXECUTABLE },
      pax({ "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "data.img", "GNU.sparse.realsize": "4096" }),
      { name: "GNUSparseFile.0/data.img", content: `${"1\n0\n1\n".padEnd(512, "\0")}x` },
    ];
    expect(await readBundle(rawTar(entries), "tar", never)).toMatchObject({ outcome: "read", fileName: "appspec.yml", findings: [] });
  });

  it.each([
    ["a device", { name: "null", type: "3" }, 'The entry "null" is not allowed because it is a character device: hosts'],
    ["a name in latin-1", { name: Buffer.from("caf\xe9", "latin1") }, 'The entry "caf\\xe9" is not allowed because its name is not UTF-8'],
  ])("is refused for %s", async (_, entry, says) => {
    expect(await readBundle(rawTar([{ name: "appspec.yml", content: text }, entry]), "tar", never)).toMatchObject({
      findings: [{ check: "refused-entry", severity: "error", message: expect.stringContaining(says) }],
    });
  });
});

it("of a tar with very deep directories the AppSpec alone is checked", async () => {
  const deep = Array.from({ length: 20 }, (_, index) => [
    { name: "././@LongLink", type: "L", content: `${index}/${"d/".repeat(1_400)}f` },
    { name: "f" },
  ]);
  expect(await readBundle(rawTar([{ name: "appspec.yml", content: VALID }, ...deep.flat()]), "tar", never)).toMatchObject({
    outcome: "read",
    fileName: "appspec.yml",
    findings: [],
  });
});

it("a zip is refused for a name of a code page", async () => {
  const zip = rawZip([{ name: "appspec.yml", content: VALID }, { name: Buffer.from("caf\x82", "latin1"), unixMode: 0 }]);
  expect(await readBundle(zip, "zip", never)).toMatchObject({ findings: [{ check: "refused-entry" }] });
});

describe("what a deployment says of its bundle", () => {
  const SHA256 = "5".repeat(64);
  const at = (key: string): RevisionLocation => ({
    revisionType: "S3",
    s3Location: { bucket: "b", key, bundleType: "tar" },
  });
  const bundleWith = (text: string) => rawTar([appSpec(text), check].map(tarred));

  function findingsOf(bundles: Readonly<Record<string, Buffer>>) {
    const reads: string[] = [];
    const read: RevisionSource["read"] = async (revision, maxBytes) => {
      const key = revision.revisionType === "S3" ? revision.s3Location.key : "";
      reads.push(`${key} ${maxBytes}`);
      const bundle = bundles[key];
      if (bundle === undefined) throw new Error("no such bundle");
      return bundle;
    };
    return { findings: new BundleFindings({ read }), reads };
  }

  it("are its errors and warnings with their lines, and no notes", async () => {
    const { findings } = findingsOf({ a: bundleWith(`${HEAD}hooks:\n  AfterInstal:\n    - location: check.sh\n`) });
    expect(toldOf(await findings.of(at("a"), undefined, never), true)).toEqual([
      "appspec.yml line 4: AfterInstal is not a lifecycle event, so its scripts never run, and the deployment succeeds without them. Did you mean AfterInstall?",
    ]);
  });

  it("has an end", async () => {
    const events = Array.from({ length: 40 }, (_, index) => `  Odd${index}: [{location: check.sh}]\n`).join("");
    const { findings } = findingsOf({ a: bundleWith(`${HEAD}hooks:\n${events}`) });
    const told = toldOf(await findings.of(at("a"), undefined, never), true);
    expect(told).toHaveLength(11);
    expect(told.at(-1)).toBe("appspec.yml: 30 more, which sluice plan --s3-location shows.");
  });

  it("is nothing of a bundle that cannot be read, or that hosts fetch by themselves", async () => {
    const { findings, reads } = findingsOf({});
    expect(toldOf(await findings.of(at("gone"), undefined, never), true)).toEqual([]);
    const gitHub: RevisionLocation = {
      revisionType: "GitHub",
      gitHubLocation: { repository: "o/n", commitId: "a".repeat(40) },
    };
    expect(toldOf(await findings.of(gitHub, undefined, never), true)).toEqual([]);
    expect(reads).toEqual([`gone ${16 * 1024 * 1024}`]);
    await expect(findings.of(at("gone"), undefined, AbortSignal.abort(new Error("stopping")))).rejects.toThrow("stopping");
  });

  it("leaves out what only the Sluice agent refuses, where no host has it", async () => {
    const { findings } = findingsOf({ a: bundleWith("version: 0.0\nos: windows\nhook: {}\n") });
    const found = await findings.of(at("a"), undefined, never);
    expect(toldOf(found, true)).toHaveLength(2);
    expect(toldOf(found, false)).toEqual([expect.stringContaining("Did you mean hooks?")]);
  });

  it("is remembered for the same bytes", async () => {
    const { findings, reads } = findingsOf({ a: bundleWith(`${HEAD}hook: {}\n`) });
    const told = await findings.of(at("a"), SHA256, never);
    expect(told.findings).toHaveLength(1);
    expect(await findings.of(at("b"), SHA256, never)).toEqual(told);
    expect(reads).toHaveLength(1);
  });
});
