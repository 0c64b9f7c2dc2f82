import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { specification } from "../host.fixture.ts";
import { type DeploymentLayout, layoutOf } from "../layout.ts";
import type { BundleType } from "../revision.ts";
import { ARCHIVE_LIMITS, type ArchiveLimits } from "./archive-limits.ts";
import { type RawTarEntry, type RawZipEntry, rawTar, rawZip } from "./raw-archives.fixture.ts";
import { unpackBundle } from "./unpack-bundle.ts";

let base: string;
let layout: DeploymentLayout;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "sluice-archive-"));
  layout = layoutOf(join(base, "root"), specification());
  mkdirSync(layout.deploymentDirectory, { recursive: true });
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

async function unpack(bundle: Buffer, bundleType: BundleType, limits: Partial<ArchiveLimits> = {}): Promise<void> {
  writeFileSync(layout.bundleFile, bundle);
  const signal = new AbortController().signal;
  await unpackBundle(layout, { bundleType, limits: { ...ARCHIVE_LIMITS, ...limits }, signal });
}

/** Everything below the test's own directory, so that an escape is seen wherever it leads. */
function everything(directory = base): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name).slice(base.length + 1))
    .sort();
}

const NOTHING_UNPACKED = [
  "root",
  "root/11111111-2222-3333-4444-555555555555",
  "root/11111111-2222-3333-4444-555555555555/d-AAAAAAAA1",
  "root/11111111-2222-3333-4444-555555555555/d-AAAAAAAA1/bundle.tar",
];

const HOSTILE: readonly { readonly what: string; readonly entries: readonly RawTarEntry[]; readonly says: RegExp }[] = [
  { what: "an absolute path", entries: [{ name: "/tmp/sluice-escaped" }], says: /"\/tmp\/sluice-escaped".*absolute/ },
  { what: "a path through ..", entries: [{ name: "../../../../escaped" }], says: /"\.\.\/\.\.\/.*leaves the archive/ },
  { what: "a hidden ..", entries: [{ name: "a/../../escaped" }], says: /leaves the archive/ },
  { what: "an inner ..", entries: [{ name: "a/../b" }], says: /"a\/\.\.\/b".*contains '\.\.'/ },
  {
    what: "a write through a link that leaves",
    entries: [
      { name: "l", type: "2", linkName: "/tmp" },
      { name: "l/sluice-escaped", content: "x" },
    ],
    says: /"l\/sluice-escaped\/?".*passes through the symbolic link "l"/,
  },
  {
    what: "a directory in the place of a link that leaves",
    entries: [
      { name: "l", type: "2", linkName: "/tmp" },
      { name: "l/sluice-escaped", type: "5" },
    ],
    says: /"l\/sluice-escaped\/?".*passes through the symbolic link "l"/,
  },
  {
    what: "a write through an earlier link",
    entries: [
      { name: "inside", type: "5" },
      { name: "l", type: "2", linkName: "inside" },
      { name: "l/file", content: "x" },
    ],
    says: /"l\/file".*passes through the symbolic link "l"/,
  },
];

describe("hostile archives are refused as a whole", () => {
  for (const { what, entries, says } of HOSTILE) {
    const good = { name: "good", content: "good" };
    test(`tar: ${what}`, async () => {
      await expect(unpack(rawTar([good, ...entries]), "tar")).rejects.toThrow(says);
      expect(everything()).toEqual(NOTHING_UNPACKED);
    });
    test(`tgz: ${what}`, async () => {
      await expect(unpack(gzipSync(rawTar([...entries])), "tgz")).rejects.toThrow(says);
      expect(everything()).toEqual(NOTHING_UNPACKED);
    });
    test(`zip: ${what}`, async () => {
      const zip = rawZip(
        entries.map(({ name, type, linkName, content }) =>
          type === "2"
            ? { name, content: linkName ?? "", unixMode: 0o120777 }
            : {
                name: type === "5" ? `${name}/` : name,
                content: content ?? "",
                unixMode: type === "5" ? 0o40755 : 0o100644,
              },
        ),
      );
      await expect(unpack(zip, "zip")).rejects.toThrow(says);
      expect(everything()).toEqual(NOTHING_UNPACKED);
    });
  }

  test("zip: a backslash is a separator where Windows wrote it", async () => {
    await expect(unpack(rawZip([{ name: "..\\escaped", unixMode: 0 }]), "zip")).rejects.toThrow(/leaves the archive/);
  });

  test.each([
    ["3", "character device"],
    ["4", "block device"],
    ["6", "named pipe"],
  ])("tar: type %s, a %s", async (type, words) => {
    await expect(unpack(rawTar([{ name: "x", type }]), "tar")).rejects.toThrow(`it is a ${words}`);
    expect(everything()).toEqual(NOTHING_UNPACKED);
  });

  test("zip: a link that is packed large and declared small is refused before it is read", async () => {
    const link = { name: "l", content: randomBytes(20_000), unixMode: 0o120777, declaredSize: 10 };
    await expect(unpack(rawZip([link]), "zip")).rejects.toThrow("its link target is too long");
  });

  test.each([0o10644, 0o20644, 0o60644, 0o140644])("zip: Unix type %o", async (unixMode) => {
    await expect(unpack(rawZip([{ name: "x", unixMode }]), "zip")).rejects.toThrow("a device, a pipe or a socket");
  });

  test.each(["/etc/passwd", "../../bundle.tar", "later", "d"])("tar: a hard link to %s", async (linkName) => {
    const entries = [
      { name: "d", type: "5" },
      { name: "hard", type: "1", linkName },
      { name: "later", content: "x" },
    ];
    await expect(unpack(rawTar(entries), "tar")).rejects.toThrow(/"hard".*link to/);
    expect(everything()).toEqual(NOTHING_UNPACKED);
  });

  test("tar: a hard link to a symbolic link cannot be used to write outside", async () => {
    const entries = [
      { name: "soft", type: "2", linkName: "/tmp" },
      { name: "hard", type: "1", linkName: "soft" },
      { name: "hard/sluice-escaped", content: "x" },
    ];
    await expect(unpack(rawTar(entries), "tar")).rejects.toThrow(/"hard\/sluice-escaped".*symbolic link "hard"/);
    expect(everything()).toEqual(NOTHING_UNPACKED);
  });

  test("an earlier archive does not survive a refused one", async () => {
    await unpack(rawTar([{ name: "first", content: "1" }]), "tar");
    await expect(unpack(rawTar([{ name: "../x" }]), "tar")).rejects.toThrow();
    expect(everything()).toEqual(NOTHING_UNPACKED);
  });
});

describe("limits", () => {
  const many = rawTar(Array.from({ length: 4 }, (_, index) => ({ name: `f${index}`, content: "12345678" })));
  test.each([
    [{ entries: 3 }, "more than 3 entries"],
    [{ unpackedBytes: 31 }, "more than 31 bytes"],
    [{ ratio: 0.001, ratioFloorBytes: 8 }, "0.001 times"],
    [{ pathBytes: 1 }, "longer than 1 bytes"],
    [{ pathCharacters: 7 }, "more than 7 characters together"],
  ])("%o", async (limits, says) => {
    await expect(unpack(many, "tar", limits)).rejects.toThrow(says);
    expect(everything()).toEqual(NOTHING_UNPACKED);
  });

  test("directories that an entry implies are entries", async () => {
    const deep = rawTar([{ name: "a/b/c/d", content: "x" }]);
    await expect(unpack(deep, "tar", { entries: 3 })).rejects.toThrow("more than 3 entries");
    await unpack(rawTar([{ name: "a/b/c/d" }, { name: "a/b/", type: "5" }]), "tar", { entries: 4 });
  });

  test("a zip that says itself that it is too large is not begun", async () => {
    const zip = rawZip([{ name: "../first" }, { name: "bomb", content: Buffer.alloc(1_000_000) }]);
    await expect(unpack(zip, "zip", { ratioFloorBytes: 1_000 })).rejects.toThrow(
      /it unpacks to more than 100 times its own \d+ bytes.*maxUnpackedRatio/,
    );
    await expect(unpack(zip, "zip", { unpackedBytes: 1_000 })).rejects.toThrow(
      /it unpacks to more than 1000 bytes\..*maxUnpackedBytes/,
    );
    await expect(unpack(zip, "zip")).rejects.toThrow("leaves the archive");
  });

  test("a zip with too many entries is not begun", async () => {
    const zip = rawZip([{ name: "../first" }, { name: "second" }]);
    await expect(unpack(zip, "zip", { entries: 1 })).rejects.toThrow(/more than 1 entries.*maxBundleEntries/);
  });

  test("a zip entry that is longer than it says is not written in full", async () => {
    const zip = rawZip([{ name: "bomb", content: Buffer.alloc(100_000), declaredSize: 10 }]);
    await expect(unpack(zip, "zip")).rejects.toThrow(/declared as zip.*damaged/);
    expect(everything()).toEqual(NOTHING_UNPACKED);
  });
});

describe("a zip whose directory lies about where its entries are", () => {
  const content = randomBytes(2_000);
  test.each<[string, readonly RawZipEntry[], RegExp]>([
    [
      "two entries of the same bytes",
      [
        { name: "a", content },
        { name: "b", content, bytesOf: 0 },
      ],
      /share bytes/,
    ],
    [
      "two entries of the same bytes, with another between",
      [{ name: "a", content }, { name: "between" }, { name: "b", content, bytesOf: 0 }],
      /share bytes/,
    ],
    ["sizes beyond its end", [{ name: "a", content, zip64Bytes: 2n ** 27n }], /is damaged or cut short/],
    ["sizes that no number holds", [{ name: "a", content, zip64Bytes: 2n ** 64n - 1n }], /unpacks to more than/],
    ["sizes of nothing", [{ name: "a", content, zip64Bytes: 0n }], /is damaged or cut short/],
  ])("%s", async (_, entries, says) => {
    await expect(unpack(rawZip(entries), "zip")).rejects.toThrow(says);
    expect(everything()).toEqual(NOTHING_UNPACKED);
  });
});

describe("what is not the declared archive is named", () => {
  const tar = rawTar([{ name: "appspec.yml", content: "x".repeat(5000) }]);
  const zip = rawZip([{ name: "appspec.yml", content: "x" }]);
  test.each<[string, Buffer, BundleType, RegExp]>([
    ["a tar as tgz", tar, "tgz", /declared as tgz.*uncompressed tar.*bundleType=tar/],
    ["a zip as tgz", zip, "tgz", /declared as tgz.*is a zip.*bundleType=zip/],
    ["a tgz as zip", gzipSync(tar), "zip", /declared as zip.*gzip-compressed.*bundleType=tgz/],
    ["a bzip2 as tar", Buffer.from("BZh91AY"), "tar", /declared as tar.*bzip2-compressed, which is not supported/],
    ["an error page", Buffer.from("<!DOCTYPE html><html>"), "zip", /declared as zip.*HTML page/],
    ["nothing", Buffer.alloc(0), "tgz", /declared as tgz.*is empty/],
    ["text", Buffer.from("hello"), "tar", /declared as tar.*not an archive \(its first bytes are 68656c6c\)/],
    ["a truncated tgz", gzipSync(tar).subarray(0, -20), "tgz", /declared as tgz.*damaged or cut short.*tar -tf/],
    ["a truncated tar", tar.subarray(0, 2048), "tar", /declared as tar.*damaged or cut short/],
    ["a tar with a spoilt header", spoilt(tar), "tar", /declared as tar/],
    ["a truncated zip", zip.subarray(0, -10), "zip", /declared as zip.*damaged or cut short.*unzip -t/],
    [
      "a zip with a wrong checksum",
      rawZip([{ name: "a", content: "a", declaredCrc: 1 }]),
      "zip",
      /checksum of entry "a"/,
    ],
    ["an encrypted zip", rawZip([{ name: "a", content: "a", flags: 1 }]), "zip", /"a".*encrypted/],
    ["gzip inside gzip", gzipSync(gzipSync(tar)), "tgz", /gzip inside gzip/],
    ["an empty tar", rawTar([]), "tar", /declared as tar.*tar without entries/],
    ["an empty zip", rawZip([]), "zip", /declared as zip.*has no files/],
  ])("%s", async (_, bundle, type, says) => {
    await expect(unpack(bundle, type)).rejects.toThrow(says);
    expect(everything()).toEqual(NOTHING_UNPACKED);
  });
});

function spoilt(tar: Buffer): Buffer {
  const second = rawTar([{ name: "b", content: "b" }]);
  second[0] = 0x7f;
  return Buffer.concat([tar.subarray(0, -1024), second]);
}

describe("good archives", () => {
  test("keep modes, times, links inside and hard links", async () => {
    const entries = [
      { name: "./", type: "5", mode: 0o700 },
      { name: "./bin", type: "5", mode: 0o750 },
      { name: "./bin/run", content: "#!/bin/sh\n", mode: 0o755 },
      { name: "./bin/suid", content: "s", mode: 0o4711 },
      { name: "./bin/again", type: "1", linkName: "./bin/run" },
      { name: "./deep/link", type: "2", linkName: "../bin/run" },
    ];
    await unpack(gzipSync(rawTar(entries)), "tgz");
    const at = (path: string) => join(layout.archiveDirectory, path);
    expect(lstatSync(at("bin")).mode & 0o7777).toBe(0o750);
    expect(lstatSync(at("bin/run")).mode & 0o7777).toBe(0o755);
    expect(lstatSync(at("bin/suid")).mode & 0o7777, "nothing in the archive is special").toBe(0o711);
    expect(lstatSync(at("bin/run")).mtimeMs).toBe(1_700_000_000_000);
    expect(lstatSync(at("bin/again")).ino).toBe(lstatSync(at("bin/run")).ino);
    expect(readlinkSync(at("deep/link"))).toBe("../bin/run");
    expect(lstatSync(layout.archiveDirectory).mode & 0o777, "the root stays open to other users").toBe(0o755);
  });

  test.each(["tar", "zip"] as const)("%s: links that leave are kept as they are, wherever they lead", async (type) => {
    const links = { python: "/usr/bin/python3", up: "../../..", a: ".", b: "a/../..", nowhere: "x/y" };
    const entries = Object.entries(links);
    const archive =
      type === "tar"
        ? rawTar(entries.map(([name, linkName]) => ({ name, type: "2", linkName })))
        : rawZip(entries.map(([name, content]) => ({ name, content, unixMode: 0o120777 })));
    await unpack(archive, type);
    for (const [name, target] of entries) expect(readlinkSync(join(layout.archiveDirectory, name))).toBe(target);
  });

  test("a hard link to a symbolic link is that link", async () => {
    const entries = [
      { name: "soft", type: "2", linkName: "/etc/passwd" },
      { name: "hard", type: "1", linkName: "soft" },
    ];
    await unpack(rawTar(entries), "tar");
    expect(readlinkSync(join(layout.archiveDirectory, "hard"))).toBe("/etc/passwd");
  });

  test("a gzipped bundle may be declared tar, as GitHub's are", async () => {
    await unpack(gzipSync(rawTar([{ name: "appspec.yml", content: "x" }])), "tar");
    expect(readdirSync(layout.archiveDirectory)).toEqual(["appspec.yml"]);
  });

  test("zip: modes, directories, links, UTF-8 names, and plain modes for what Windows packed", async () => {
    const zip = rawZip([
      { name: "dir/", unixMode: 0o40755 },
      { name: "dir/run", content: "#!/bin/sh\n", unixMode: 0o104755 },
      { name: "dir/grün", content: "ü".repeat(2_000_000), unixMode: 0o100600 },
      { name: "link", content: "dir/run", unixMode: 0o120777 },
      { name: "windows\\file", content: "w", unixMode: 0 },
    ]);
    await unpack(zip, "zip");
    const at = (path: string) => join(layout.archiveDirectory, path);
    expect(lstatSync(at("dir/run")).mode & 0o7777, "unzip drops setuid").toBe(0o755);
    expect(lstatSync(at("dir/grün")).mode & 0o7777).toBe(0o600);
    expect(readFileSync(at("dir/grün"), "utf8")).toHaveLength(2_000_000);
    expect(readlinkSync(at("link"))).toBe("dir/run");
    expect(readFileSync(at("windows/file"), "utf8")).toBe("w");
    expect(lstatSync(at("windows/file")).mode & 0o777).toBe(0o644);
  });

  test("a later entry replaces an earlier one, through no link", async () => {
    const entries = [
      { name: "target", content: "kept" },
      { name: "x", type: "2", linkName: "target" },
      { name: "x", content: "new" },
    ];
    await unpack(rawTar(entries), "tar");
    expect(readFileSync(join(layout.archiveDirectory, "target"), "utf8")).toBe("kept");
    expect(readFileSync(join(layout.archiveDirectory, "x"), "utf8")).toBe("new");
  });

  test("the one top-level directory is stripped when it holds an AppSpec, and only then", async () => {
    await unpack(rawTar([{ name: "shop-1/appspec.yml" }, { name: "shop-1/app/a" }]), "tar");
    expect(readdirSync(layout.archiveDirectory).sort()).toEqual(["app", "appspec.yml"]);
    await unpack(rawTar([{ name: "shop-1/other.yml" }]), "tar");
    expect(readdirSync(layout.archiveDirectory)).toEqual(["shop-1"]);
    await unpack(rawTar([{ name: "shop-1/appspec.yml" }, { name: "more" }]), "tar");
    expect(readdirSync(layout.archiveDirectory).sort()).toEqual(["more", "shop-1"]);
    expect(existsSync(layout.archiveStagingDirectory)).toBe(false);
  });

  test("what macOS puts beside the one directory goes with it, and is no reason to keep it", async () => {
    const finder = [
      { name: "shop/", unixMode: 0o40755 },
      { name: "shop/appspec.yml" },
      { name: "__MACOSX/shop/._appspec.yml" },
      { name: ".DS_Store" },
    ];
    await unpack(rawZip(finder), "zip");
    expect(readdirSync(layout.archiveDirectory)).toEqual(["appspec.yml"]);
    await unpack(
      rawTar([{ name: "./._shop" }, { name: "./shop/appspec.yml" }, { name: "./shop/._appspec.yml" }]),
      "tar",
    );
    expect(readdirSync(layout.archiveDirectory).sort()).toEqual(["._appspec.yml", "appspec.yml"]);
    await unpack(rawZip([{ name: "appspec.yml" }, { name: "__MACOSX/._appspec.yml" }]), "zip");
    expect(readdirSync(layout.archiveDirectory).sort()).toEqual(["__MACOSX", "appspec.yml"]);
    await unpack(rawZip([{ name: "a/appspec.yml" }, { name: "b/x" }, { name: "__MACOSX/x" }]), "zip");
    expect(readdirSync(layout.archiveDirectory).sort()).toEqual(["__MACOSX", "a", "b"]);
    expect(existsSync(layout.archiveStagingDirectory)).toBe(false);
  });

  test.each([
    ["bytes of a code page", { name: Buffer.from("caf\x82", "latin1"), unixMode: 0 }, /"caf\\x82".*not UTF-8\. Pack/],
    ["latin-1 on Unix", { name: Buffer.from("caf\xe9", "latin1") }, /"caf\\xe9".*not UTF-8/],
    [
      "a link to latin-1",
      { name: "l", content: Buffer.from("caf\xe9", "latin1"), unixMode: 0o120777 },
      /target is not UTF-8/,
    ],
    ["a control character", { name: "a\nb" }, /"a\\nb".*control character/],
    ["slashes and backslashes", { name: "a/b\\c", unixMode: 0 }, /backslash, which can be a character/],
    [
      "a directory without its slash",
      { name: "a", unixMode: 0o40755 },
      /directory according to its attributes, but a file according to its name/,
    ],
  ])("zip: a name that would be another is refused: %s", async (_, entry, says) => {
    await expect(unpack(rawZip([{ name: "appspec.yml" }, entry]), "zip")).rejects.toThrow(says);
    expect(everything()).toEqual(NOTHING_UNPACKED);
  });
});
