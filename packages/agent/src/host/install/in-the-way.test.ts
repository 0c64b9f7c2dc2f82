import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHostFixture, type HostFixture, tgz } from "../host.fixture.ts";

let fixture: HostFixture;
let foreign: string;
beforeEach(async () => {
  fixture = await createHostFixture();
  foreign = join(fixture.root, "..", "foreign");
  mkdirSync(foreign);
  mkdirSync(fixture.destination);
  writeFileSync(join(foreign, "f"), "foreign");
});
afterEach(() => fixture.close());

const at = (path: string) => join(fixture.destination, path);

async function deploy(
  files: Readonly<Record<string, string>>,
  map: readonly (readonly [string, string])[],
  behavior = "DISALLOW",
) {
  const mappings = map.map(([source, to]) => `  - source: ${source}\n    destination: ${at(to)}\n`);
  fixture.bundle = tgz({ "appspec.yml": `version: 0.0\nos: linux\nfiles:\n${mappings.join("")}`, ...files });
  const changes = { AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: behavior } } };
  expect(await fixture.run("DownloadBundle", changes)).toMatchObject({ errorCode: 0 });
  return fixture.run("Install", changes);
}

const BEHAVIORS = ["DISALLOW", "OVERWRITE", "RETAIN"] as const;

/** What a hook, or a person, left at the place `x`, and what the event says where a directory is needed there. */
const IN_THE_WAY: readonly (readonly [string, () => void, string])[] = [
  ["a file", () => writeFileSync(at("x"), "old"), "but a file is there. Remove the file, or change"],
  [
    "a link that leads nowhere",
    () => symlinkSync("y", at("x")),
    "but a symbolic link to y, which is not a directory, is there. Remove the link",
  ],
  [
    "a link to a file",
    () => symlinkSync("../foreign/f", at("x")),
    "but a symbolic link to ../foreign/f, which is not a directory, is there.",
  ],
  [
    "a link to itself",
    () => symlinkSync("x", at("x")),
    "but a symbolic link to x, which is not a directory, is there.",
  ],
];

test.each(IN_THE_WAY.flatMap((row) => BEHAVIORS.map((behavior) => [row[0], behavior, row[1], row[2]] as const)))(
  "%s where a directory is needed, under %s: it is named, and nothing is installed",
  async (_, behavior, put, words) => {
    put();
    for (const [source, to] of [
      ["app", ""],
      ["app/x", "x"],
      ["app/x", "x/deeper/still"],
      ["app/a", "x"],
    ] as const) {
      const outcome = await deploy({ "app/a": "new", "app/x/g": "new" }, [[source, to]], behavior);
      expect(outcome).toMatchObject({
        errorCode: 5,
        message: expect.stringContaining(`needs a directory at ${at("x")}, ${words}`),
      });
      expect(readdirSync(fixture.destination)).toEqual(["x"]);
    }
    expect(readFileSync(join(foreign, "f"), "utf8")).toBe("foreign");
  },
);

test.each(["OVERWRITE", "DISALLOW"])(
  "a directory where a file is to come is named under %s, before anything is copied",
  async (behavior) => {
    mkdirSync(at("x"));
    const outcome = await deploy({ "app/a": "new", "app/x": "new" }, [["app", ""]], behavior);
    expect(`${outcome.message} ${outcome.log}`).toMatch(/directory.*Remove the directory, or change the destination/s);
    expect(existsSync(at("a"))).toBe(false);
  },
);

test.each(BEHAVIORS)("a link at a file's place counts by itself under %s", async (behavior) => {
  symlinkSync("y", at("dangling"));
  symlinkSync(join(foreign, "f"), at("link"));
  symlinkSync(foreign, at("folder"));
  const files = { "app/dangling": "new", "app/link": "new", "app/folder": "new", "app/y": "y" };
  const outcome = await deploy(files, [["app", ""]], behavior);
  expect(outcome.errorCode).toBe(behavior === "DISALLOW" ? 5 : 0);
  const isLink = (name: string) => lstatSync(at(name)).isSymbolicLink();
  expect(["dangling", "link", "folder"].map(isLink)).toEqual(Array(3).fill(behavior !== "OVERWRITE"));
  expect(existsSync(at("y"))).toBe(behavior !== "DISALLOW");
  expect(readdirSync(foreign)).toEqual(["f"]);
  expect(readFileSync(join(foreign, "f"), "utf8")).toBe("foreign");
});

test.each([
  [
    [
      ["one", ""],
      ["two", "x"],
    ],
  ],
  [
    [
      ["two", "x"],
      ["one", ""],
    ],
  ],
  [
    [
      ["two", "x/sub"],
      ["one", ""],
    ],
  ],
] as const)("a file that would replace a link through which another source goes is refused: %j", async (map) => {
  symlinkSync(foreign, at("x"));
  mkdirSync(join(foreign, "sub"));
  const outcome = await deploy({ "one/x": "1", "two/g": "2" }, map, "OVERWRITE");
  expect(outcome).toMatchObject({ errorCode: 5, message: expect.stringContaining(at("x")) });
  expect(readlinkSync(at("x"))).toBe(foreign);
  expect(readdirSync(foreign)).toEqual(["f", "sub"]);
  expect(readdirSync(join(foreign, "sub"))).toEqual([]);
});
