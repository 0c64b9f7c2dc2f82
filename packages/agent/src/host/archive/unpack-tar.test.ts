import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHostFixture, type HostFixture, isRoot, specification, tgz } from "../host.fixture.ts";
import { layoutOf } from "../layout.ts";
import type { RawTarEntry } from "./raw-archives.fixture.ts";

let fixture: HostFixture;
beforeEach(async () => {
  fixture = await createHostFixture();
});
afterEach(() => fixture.close());

/** The header that GNU tar and libarchive write before an entry whose attributes do not fit into its own. */
function extendedHeader(records: Readonly<Record<string, string>>): RawTarEntry {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    const length = rest + String(rest + String(rest).length).length;
    return `${length} ${key}=${value}\n`;
  });
  return { name: "PaxHeaders/x", type: "x", content: lines.join("") };
}

const latin1 = (name: string) => Buffer.from(name, "latin1");
const FILE: RawTarEntry = { name: "app/x", content: "x" };
/** A file of 1 MiB that holds `hello` in its midst, as a map before its content (GNU.sparse 1.0). */
const sparse = (map: string, changes: Readonly<Record<string, string>> = {}): RawTarEntry[] => [
  extendedHeader({
    "GNU.sparse.major": "1",
    "GNU.sparse.minor": "0",
    "GNU.sparse.name": "app/holes",
    "GNU.sparse.realsize": "1048576",
    ...changes,
  }),
  { name: "GNUSparseFile.1/holes", content: `${map.padEnd(512, "\0")}hello` },
];
const GOOD_MAP = "2\n500000\n5\n1048576\n0\n";
const MISFIT =
  'entry "app/holes" is not allowed because it is stored as a sparse file whose map does not fit its content';

/** What would come out of them otherwise is another file than the bundle's, or one file where it has two. */
const MISREAD: Readonly<Record<string, { readonly entries: readonly RawTarEntry[]; readonly reason: string }>> = {
  "a sparse file of star's": {
    entries: [{ name: "app/holes", type: "S", content: "x" }],
    reason: 'entry "app/holes" is not allowed because it is stored as a sparse file in a form that is not supported',
  },
  "a sparse file in another form of star's": {
    entries: [extendedHeader({ "SCHILY.realsize": "100" }), FILE],
    reason: "it is stored as a sparse file in a form that is not supported (SCHILY.realsize)",
  },
  "a sparse file of a version to come": {
    entries: sparse(GOOD_MAP, { "GNU.sparse.major": "2" }),
    reason: "it is stored as a sparse file of version 2.0, which is not supported",
  },
  "a map that asks for more than is stored": { entries: sparse("1\n500000\n6\n"), reason: MISFIT },
  "a map that asks for less than is stored": { entries: sparse("1\n500000\n4\n"), reason: MISFIT },
  "a map that leaves the file": { entries: sparse("1\n1048575\n5\n"), reason: MISFIT },
  "a map whose pieces overlap": { entries: sparse("2\n500\n3\n501\n2\n"), reason: MISFIT },
  "a map that never ends": { entries: sparse("9\n"), reason: MISFIT },
  "a map of too many pieces": { entries: sparse("1000001\n"), reason: "in more than 1000000 pieces" },
  "a map of no numbers": { entries: sparse("one\n"), reason: 'its map is not a whole number ("one")' },
  "a sparse file without a size": {
    entries: sparse(GOOD_MAP, { "GNU.sparse.realsize": "" }),
    reason: "GNU.sparse.realsize is not a whole number",
  },
  "a part of a file, of several volumes": {
    entries: [extendedHeader({ "GNU.volume.filename": "app/x", "GNU.volume.offset": "512" }), FILE],
    reason: 'entry "app/x" is not allowed because it is a part of a file, of an archive in several volumes',
  },
  "a volume that goes on": { entries: [{ name: "app/x", type: "M" }], reason: "of an archive in several volumes" },
  "one name for every entry": {
    entries: [{ ...extendedHeader({ path: "app/y" }), type: "g" }, FILE],
    reason: "a header for the whole archive gives one path to every entry",
  },
  "an unknown character set": {
    entries: [extendedHeader({ hdrcharset: "EBCDIC" }), FILE],
    reason: 'its header is written in the character set "EBCDIC"',
  },
  "an attribute of GNU tar's that is not known": {
    entries: [extendedHeader({ "GNU.sparse.holes": "1" }), FILE],
    reason: "its header has an attribute that is not supported (GNU.sparse.holes)",
  },
  "a link with content": {
    entries: [{ name: "app/l", type: "2", linkName: "x", content: "x".repeat(512) }],
    reason: "it is a symbolic link with content (512 bytes)",
  },
  "a hard link with content": {
    entries: [FILE, { name: "app/l", type: "1", linkName: "app/x", content: "x" }],
    reason: "it is a hard link with content (1 bytes)",
  },
  "a header of too many attributes": {
    entries: [{ name: "PaxHeaders/x", type: "x", content: "5 a=\n".repeat(100_001) }, FILE],
    reason: "its extended header has more than 100000 attributes",
  },
  "headers of one entry that are too large together": {
    entries: [...Array(17).fill(extendedHeader({ comment: "x".repeat(500_000) })), FILE],
    reason: "its extended header has more than 8388608 bytes",
  },
  "a record of a wrong length": {
    entries: [{ name: "PaxHeaders/x", type: "x", content: "12 path=app/y\n" }, FILE],
    reason: "a record of an extended header is not of the length that it says",
  },
  "a header without its entry": { entries: [extendedHeader({ path: "app/y" })], reason: "in the middle of an entry" },
  "a time that is none": {
    entries: [extendedHeader({ mtime: "yesterday" }), FILE],
    reason: 'its time of modification ("yesterday") is not a number',
  },
  "names that differ in bytes that are no UTF-8": {
    entries: [
      { name: latin1("app/caf\xe9"), content: "1" },
      { name: latin1("app/caf\xe8"), content: "2" },
    ],
    reason: 'entry "app/caf\\xe9" is not allowed because its name is not UTF-8',
  },
  "a long name in bytes that are no UTF-8": {
    entries: [{ name: "././@LongLink", type: "L", content: latin1("app/caf\xe9\0") }, FILE],
    reason: "its name is not UTF-8",
  },
  "a link to bytes that are no UTF-8": {
    entries: [
      { name: "././@LongLink", type: "K", content: latin1("caf\xe9\0") },
      { name: "app/l", type: "2", linkName: "x" },
    ],
    reason: 'entry "app/l" is not allowed because it is a link whose target is not UTF-8',
  },
  "a name with a line break": {
    entries: [extendedHeader({ path: "app/one\ntwo" }), FILE],
    reason: 'entry "app/one\\ntwo" is not allowed because its name contains a line break',
  },
  "a name that no file can have": {
    entries: [extendedHeader({ path: `app/${"é".repeat(128)}` }), FILE],
    reason: "a name in its path is longer than 255 bytes. Shorten it",
  },
};

describe("a tar that would be misread is refused", () => {
  for (const [what, { entries, reason }] of Object.entries(MISREAD)) {
    test(what, async () => {
      fixture.bundle = tgz({ "appspec.yml": "version: 0.0\nos: linux\n" }, entries);
      const outcome = await fixture.run("DownloadBundle");
      expect(outcome.message).toContain(reason);
      expect(existsSync(layoutOf(fixture.root, specification()).archiveDirectory)).toBe(false);
    });
  }

  for (const uid of ["abc", "-5", "1.5", "4294967295", "99999999999"]) {
    test(`an owner that no user can be: ${uid}`, async ({ skip }) => {
      skip(!isRoot, "needs root, to give files away");
      fixture.bundle = tgz({ "appspec.yml": "version: 0.0\nos: linux\n" }, [extendedHeader({ uid, gid: "0" }), FILE]);
      expect((await fixture.run("DownloadBundle")).message).toContain(
        'entry "app/x" is not allowed because its owner or group',
      );
    });
  }
});

test("names that do not fit into a header, and attributes of any bytes, are read as they are", async () => {
  const name = `app/${"ü".repeat(120)}`;
  fixture.bundle = tgz({ "appspec.yml": "version: 0.0\nos: linux\n" }, [
    extendedHeader({ "SCHILY.xattr.user.x": "\ufffd\n12 other", path: name }),
    FILE,
  ]);
  expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
  const { archiveDirectory } = layoutOf(fixture.root, specification());
  expect(readdirSync(archiveDirectory, { recursive: true }).sort()).toEqual(["app", name, "appspec.yml"]);
});

describe("extended headers are honoured", () => {
  const archive = () => layoutOf(fixture.root, specification()).archiveDirectory;
  const unpack = async (entries: readonly RawTarEntry[]) => {
    fixture.bundle = tgz({ "appspec.yml": "version: 0.0\nos: linux\n" }, entries);
    expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
  };

  test("a sparse file is the file that it was, under its own name", async () => {
    await unpack(sparse(GOOD_MAP));
    const content = readFileSync(join(archive(), "app/holes"));
    expect(content.length).toBe(1_048_576);
    expect(content.subarray(500_000, 500_005).toString()).toBe("hello");
    expect(content.every((byte, index) => byte === 0 || (index >= 500_000 && index < 500_005))).toBe(true);
    expect(readdirSync(archive()).sort()).toEqual(["app", "appspec.yml"]);
  });

  test("a sparse file counts with its holes", async () => {
    fixture.bundle = tgz(
      { "appspec.yml": "version: 0.0\nos: linux\n" },
      sparse(GOOD_MAP, { "GNU.sparse.realsize": "99999999999999" }),
    );
    expect((await fixture.run("DownloadBundle")).message).toContain("it unpacks to more than 274877906944 bytes");
    expect(existsSync(archive())).toBe(false);
  });

  test("an own value before the whole archive's, which an empty one takes back", async () => {
    const global = { ...extendedHeader({ mtime: "1000.5", comment: "x" }), type: "g" };
    await unpack([
      global,
      { name: "a" },
      extendedHeader({ mtime: "2000" }),
      { name: "b" },
      extendedHeader({ mtime: "" }),
      { name: "c" },
      extendedHeader({ path: "app/one two" }),
      { name: "d" },
    ]);
    const times = ["a", "b"].map((name) => statSync(join(archive(), name)).mtimeMs);
    expect(times).toEqual([1_000_500, 2_000_000]);
    expect(readdirSync(join(archive(), "app"))).toEqual(["one two"]);
  });
});
