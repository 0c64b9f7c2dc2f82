import { describe, expect, test } from "vitest";
import { bundleEntries, type EntryKind, placeInBundle } from "./bundle-entries.ts";
import { entryNameOf, entryPathOf, linkTargetProblem, quotedEntryName } from "./entry-name.ts";

const link = (linksTo: string): EntryKind => ({ linksTo });
const BUNDLE = bundleEntries([
  ["appspec.yml", "file"],
  ["releases/1/run.sh", "file"],
  ["current", link("releases/1")],
  ["python", link("/usr/bin/python3")],
  ["up", link("..")],
  ["venv", link("current/../../../venv")],
  ["round", link("about")],
  ["about", link("round")],
]);

describe("where a path leads inside a bundle", () => {
  test.each([
    ["/current/run.sh", { is: "file", path: "releases/1/run.sh" }],
    ["current", { is: "directory", path: "releases/1" }],
    ["/", { is: "directory", path: "" }],
    ["./releases//1/", { is: "directory", path: "releases/1" }],
    ["scripts/run.sh", { is: "missing", path: "scripts/run.sh" }],
    ["appspec.yml/x", { is: "missing", path: "appspec.yml/x" }],
    ["python", { is: "outside", link: "python", target: "/usr/bin/python3" }],
    ["up/x", { is: "outside", link: "up", target: ".." }],
    ["venv/bin", { is: "outside", link: "venv", target: "current/../../../venv" }],
    ["../x", { is: "outside", link: undefined, target: "../x" }],
    ["round", { is: "circle" }],
  ])("%s", (path, place) => {
    expect(placeInBundle(path, BUNDLE.entries)).toEqual(place);
  });
});

test("links may lead anywhere, and nothing is unpacked below one", () => {
  expect(BUNDLE.problems).toEqual([]);
  const { problems } = bundleEntries([
    ["python", link("/usr")],
    ["python/bin/x", "file"],
    ["a", "file"],
    ["a/b", "directory"],
    ["d", "directory"],
    ["d", "file"],
    ["", "file"],
  ]);
  expect(problems.map(({ entry, reason }) => `${entry}: ${reason}`)).toEqual([
    'python/bin/x: its path passes through the symbolic link "python"',
    'a/b: its path passes through the file "a"',
    "d: the bundle also has a directory of that name",
    ": it would replace the archive's root",
  ]);
});

describe("names", () => {
  test.each([
    ["./a//b/", { path: "a/b" }],
    ["./", { path: "" }],
    ["/etc/x", { reason: "its path is absolute" }],
    ["a/../../b", { reason: "its path leaves the archive through '..'" }],
    ["a/../b", { reason: "its path contains '..'" }],
    ["a\nb", { reason: "its name contains a line break, which the list of installed files cannot contain" }],
    ["a\0b", { reason: "its name contains a zero byte" }],
    ["é".repeat(128), { reason: "a name in its path is longer than 255 bytes" }],
    ["a/".repeat(2_000), { reason: "its path is longer than 3072 bytes" }],
  ])("%j", (name, expected) => {
    expect(entryPathOf(name)).toMatchObject(expected);
  });

  test("bytes that are not UTF-8 are no text, and are shown as what they are", () => {
    const latin1 = Uint8Array.of(0x63, 0x61, 0x66, 0xe9);
    expect(entryNameOf(latin1)).toBeUndefined();
    expect(quotedEntryName(latin1)).toBe('"caf\\xe9"');
    expect(entryNameOf(new TextEncoder().encode("\ufeffcafé"))).toBe("\ufeffcafé");
  });

  test("targets of links", () => {
    expect(linkTargetProblem("/usr/bin/python3")).toBeUndefined();
    expect(linkTargetProblem("")?.reason).toContain("without a target");
    expect(linkTargetProblem("x".repeat(4_096))?.reason).toContain("longer than 4095 bytes");
  });
});

test("directories above an entry come before it, each once, however deep they are", () => {
  const parents = Array.from({ length: 1_000 }, (_, index) => "d/".repeat(index + 1).slice(0, -1));
  const files = Array.from({ length: 5_000 }, (_, index) => `${parents.at(-1)}/f${index}`);
  const { entries, problems } = bundleEntries(files.map((path) => [path, "file"]));
  expect(problems).toEqual([]);
  expect([...entries.keys()]).toEqual(["", ...parents, ...files]);
});
