import { gzipSync } from "node:zlib";
import { memoryRevisionSource } from "@sluice/drivers/memory/memory-revision-source.ts";
import { type BundleType, type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NO_REVISIONS, type TestCodeDeploy, testCodeDeploy } from "../codedeploy.fixture.ts";
import { readServiceRevision } from "./read-service-revision.ts";

const TEXT = "version: 0.0\nResources: []\n";
let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
});
afterEach(() => codeDeploy.close());

function at(bundleType: BundleType, more: { eTag?: string } = {}): RevisionLocation {
  return { revisionType: "S3", s3Location: { bucket: "b", key: "k", bundleType, ...more } };
}

function read(revision: RevisionLocation, bytes?: Uint8Array) {
  const bundles = new Map(bytes ? [[revisionKey(revision), bytes]] : []);
  const revisions = memoryRevisionSource.create({}, { urls: new Map(), bundles });
  return readServiceRevision(revision, "a", { db: codeDeploy.context.store.db, revisions });
}

/** A tar of plain files, as GNU tar writes it. */
function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write("0000644\0", 100);
    header.write("0000000\0", 108);
    header.write("0000000\0", 116);
    header.write(`${Buffer.byteLength(text).toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write("        ", 148);
    header.write("0", 156);
    header.write("ustar  \0", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const content = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    content.write(text);
    return [header, content];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A zip of one stored file. */
function zipOf(name: string, text: string): Buffer {
  const body = Buffer.from(text);
  const head = (signature: number, extra: number) => {
    const header = Buffer.alloc(extra);
    header.writeUInt32LE(signature, 0);
    return header;
  };
  const local = head(0x04034b50, 30);
  const central = head(0x02014b50, 46);
  const crc = crc32(body);
  for (const [header, at] of [
    [local, 14],
    [central, 16],
  ] as const) {
    header.writeUInt32LE(crc, at);
    header.writeUInt32LE(body.length, at + 4);
    header.writeUInt32LE(body.length, at + 8);
    header.writeUInt16LE(name.length, at + 12);
  }
  const end = head(0x06054b50, 22);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + body.length, 16);
  return Buffer.concat([local, Buffer.from(name), body, central, Buffer.from(name), end]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe("an AppSpec in a bucket", () => {
  it.each([
    ["a YAML file", at("YAML"), Buffer.from(TEXT)],
    ["a JSON file", at("JSON"), Buffer.from(TEXT)],
    ["a zip", at("zip"), zipOf("appspec.yaml", TEXT)],
    ["a zip with it in a directory", at("zip"), zipOf("out/AppSpec.yml", TEXT)],
    ["a zip with one file of another name", at("zip"), zipOf("web-appspec.yaml", TEXT)],
    ["a tar", at("tar"), tarOf({ "appspec.json": TEXT, "taskdef.json": "{}" })],
    ["a tgz", at("tgz"), gzipSync(tarOf({ "./appspec.yaml": TEXT }))],
  ] as const)("is read from %s", async (_, revision, bytes) => {
    expect(await read(revision, bytes)).toMatchObject({ kind: "app-spec", text: TEXT });
  });

  it.each([
    [
      "a revision that is missing",
      at("YAML"),
      undefined,
      "RevisionDoesNotExistException",
      /does not exist: there is no revision/,
    ],
    [
      "an archive without one",
      at("tar"),
      tarOf({ "a.txt": "a", "b.txt": "b" }),
      "InvalidRevisionException",
      /holds no appspec\.yaml or appspec\.json, but "a\.txt", "b\.txt"/,
    ],
    [
      "an archive with two",
      at("tar"),
      tarOf({ "appspec.yaml": TEXT, "x/appspec.json": TEXT }),
      "InvalidRevisionException",
      /holds more than one AppSpec/,
    ],
    ["an empty archive", at("tar"), tarOf({}), "InvalidRevisionException", /holds no file/],
    ["no archive at all", at("zip"), Buffer.from("hello"), "InvalidRevisionException", /is not a readable zip/],
    [
      "a file that is too large",
      at("YAML"),
      Buffer.alloc(256 * 1024 + 1, " "),
      "InvalidRevisionException",
      /262145 bytes: at most 262144/,
    ],
    [
      "a file in an archive that is too large",
      at("tar"),
      tarOf({ "appspec.yaml": " ".repeat(256 * 1024 + 1) }),
      "InvalidRevisionException",
      /of more than 262144 bytes/,
    ],
    ["a file that is no text", at("YAML"), Buffer.from([0xff, 0xfe, 0x00]), "InvalidRevisionException", /is not UTF-8/],
  ] as const)("is no caller's luck with %s", async (_, revision, bytes, code, message) => {
    await expect(read(revision, bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each([
    ["cannot be asked", NO_REVISIONS],
    [
      "is gone before it is read",
      {
        ...NO_REVISIONS,
        inspect: async () => ({ outcome: "found" as const, sizeBytes: 3, eTag: undefined }),
      },
    ],
  ])("is tried again by clients when the store %s", async (_, revisions) => {
    const { db } = codeDeploy.context.store;
    await expect(readServiceRevision(at("YAML"), "a", { db, revisions })).rejects.toMatchObject({
      code: "ServiceUnavailableException",
      message: expect.stringMatching(/cannot be read now: there is no store .*Nothing was created\. Try again/),
    });
  });

  it("is refused when it was replaced", async () => {
    const revisions = {
      ...NO_REVISIONS,
      inspect: async () => ({ outcome: "found" as const, sizeBytes: 3, eTag: '"b"' }),
    };
    const { db } = codeDeploy.context.store;
    await expect(readServiceRevision(at("YAML", { eTag: "a" }), "a", { db, revisions })).rejects.toMatchObject({
      code: "InvalidRevisionException",
      message: expect.stringMatching(/its ETag is b, .* names a/),
    });
  });
});

describe("an AppSpec in the request", () => {
  it("is its content, and later its hash alone", async () => {
    await codeDeploy.call("CreateApplication", { applicationName: "Containers", computePlatform: "ECS" });
    const revision = { revisionType: "AppSpecContent", appSpecContent: { content: TEXT } } as const;
    expect(await read(revision)).toMatchObject({ text: TEXT });
    await codeDeploy.call("RegisterApplicationRevision", { applicationName: "Containers", revision });
    const { revisions = [] } = await codeDeploy.call("ListApplicationRevisions", { applicationName: "Containers" });
    const { application_id: id } = await codeDeploy.context.store.db
      .selectFrom("applications")
      .select("application_id")
      .executeTakeFirstOrThrow();
    const { db } = codeDeploy.context.store;
    const listed = revisions[0] as RevisionLocation;
    expect(JSON.stringify(listed)).not.toContain("version");
    expect(await readServiceRevision(listed, id, { db, revisions: NO_REVISIONS })).toMatchObject({ text: TEXT });
  });
});
