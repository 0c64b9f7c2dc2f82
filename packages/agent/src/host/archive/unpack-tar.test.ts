import { existsSync, readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHostFixture, type HostFixture, isRoot, specification, tgz } from "../fixtures/host-fixture.ts";
import type { RawTarEntry } from "../fixtures/raw-archives.ts";
import { layoutOf } from "../layout.ts";

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
const SPARSE_MAP = `1\n500000\n5\n${"\0".repeat(512)}`.slice(0, 512);

/** What would come out of them otherwise is another file than the bundle's, or one file where it has two. */
const MISREAD: Readonly<Record<string, { readonly entries: readonly RawTarEntry[]; readonly reason: string }>> = {
  "a sparse file of GNU tar's own format": {
    entries: [{ name: "app/holes", type: "S", content: "x" }],
    reason:
      'entry "app/holes" is not allowed because it is stored as a sparse file. Pack the bundle without tar\'s --sparse',
  },
  "a sparse file of the POSIX format": {
    entries: [
      extendedHeader({
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "app/holes",
        "GNU.sparse.realsize": "1048576",
      }),
      { name: "GNUSparseFile.1/holes", content: `${SPARSE_MAP}hello` },
    ],
    reason:
      'entry "app/holes" is not allowed because it is stored as a sparse file. Pack the bundle without tar\'s --sparse',
  },
  "names that differ in bytes that are no UTF-8": {
    entries: [
      { name: latin1("app/caf\xe9"), content: "1" },
      { name: latin1("app/caf\xe8"), content: "2" },
    ],
    reason: 'entry "app/caf\ufffd" is not allowed because its name or target is not UTF-8',
  },
  "a long name in bytes that are no UTF-8": {
    entries: [{ name: "././@LongLink", type: "L", content: latin1("app/caf\xe9\0") }, FILE],
    reason: "its name or target is not UTF-8",
  },
  "a link to bytes that are no UTF-8": {
    entries: [
      { name: "././@LongLink", type: "K", content: latin1("caf\xe9\0") },
      { name: "app/l", type: "2", linkName: "x" },
    ],
    reason: "its name or target is not UTF-8",
  },
  "a name with a line break in an extended header": {
    entries: [extendedHeader({ path: "app/one\ntwo" }), FILE],
    reason: 'entry "app/one" is not allowed because its name or target holds a line break or is not UTF-8',
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
