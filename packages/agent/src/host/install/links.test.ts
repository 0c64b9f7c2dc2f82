import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RawTarEntry } from "../archive/raw-archives.fixture.ts";
import { createHostFixture, type HostFixture, specification, tgz } from "../host.fixture.ts";
import { layoutOf } from "../layout.ts";
import type { CommandOutcome } from "../lifecycle-command.ts";

let fixture: HostFixture;
let outside: string;
beforeEach(async () => {
  fixture = await createHostFixture();
  outside = join(fixture.destination, "..", "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "kept"), "the host's");
  writeFileSync(join(outside, "script.sh"), "#!/bin/sh\necho outside\n", { mode: 0o644 });
});
afterEach(() => fixture.close());

const at = (path: string) => join(fixture.destination, path);
const link = (name: string, linkName: string): RawTarEntry => ({ name, type: "2", linkName });
const archiveOf = (DeploymentId: string) => layoutOf(fixture.root, specification({ DeploymentId })).archiveDirectory;

function deploy(
  DeploymentId: string,
  entries: readonly RawTarEntry[],
  { map = { "/app": "" }, more = "" }: { map?: Readonly<Record<string, string>>; more?: string } = {},
): Promise<CommandOutcome> {
  const files = Object.entries(map).map(([source, to]) => `  - source: ${source}\n    destination: ${at(to)}\n`);
  const appSpec = `version: 0.0\nos: linux\nfiles:\n${files.join("")}${more}`;
  return fixture.deploy(DeploymentId, tgz({ "appspec.yml": appSpec }, entries));
}

/** As pnpm lays packages out: each is one directory, and everybody else has a link to it. */
const PNPM: readonly RawTarEntry[] = [
  { name: "app/node_modules/.pnpm/a@1/node_modules/a/index.js", content: "a" },
  { name: "app/node_modules/.pnpm/b@1/node_modules/b/index.js", content: "b" },
  link("app/node_modules/.pnpm/a@1/node_modules/b", "../../b@1/node_modules/b"),
  link("app/node_modules/a", ".pnpm/a@1/node_modules/a"),
];

describe("links that are installed", () => {
  test("a link to a directory of the bundle stays the link that it is", async () => {
    expect(await deploy("d-1", [...PNPM, link("app/real/loop", "..")])).toMatchObject({ errorCode: 0 });
    expect(readlinkSync(at("node_modules/a"))).toBe(".pnpm/a@1/node_modules/a");
    expect(readlinkSync(at("node_modules/.pnpm/a@1/node_modules/b"))).toBe("../../b@1/node_modules/b");
    expect(readFileSync(at("node_modules/.pnpm/a@1/node_modules/b/index.js"), "utf8")).toBe("b");
    expect(readlinkSync(at("real/loop"))).toBe("..");
  });

  test("directory_link_behavior: COPY installs the directory instead, as the AWS agent does", async () => {
    const more = "directory_link_behavior: COPY\n";
    expect(await deploy("d-1", PNPM, { more })).toMatchObject({ errorCode: 0 });
    expect(lstatSync(at("node_modules/a")).isDirectory()).toBe(true);
    expect(readFileSync(at("node_modules/a/index.js"), "utf8")).toBe("a");
    const loop = await deploy("d-2", [link("app/real/loop", "..")], { more });
    expect(loop.message).toContain("real/loop leads back to a directory that contains it");
    const wrong = await deploy("d-3", [], { more: "directory_link_behavior: LINK\n" });
    expect(wrong.message).toContain("value of the wrong kind for directory_link_behavior");
  });

  test("a link does not replace an earlier copy with files of others in it, and the previous revision stays", async () => {
    const copy = "directory_link_behavior: COPY\n";
    expect(await deploy("d-1", [...PNPM, { name: "app/v", content: "1" }], { more: copy })).toMatchObject({
      errorCode: 0,
    });
    mkdirSync(at("node_modules/a/cache"));
    for (const [id, more] of [
      ["d-2", ""],
      ["d-3", "file_exists_behavior: OVERWRITE\n"],
    ] as const) {
      const refused = await deploy(id, PNPM, { more });
      expect(refused).toMatchObject({ errorCode: 5 });
      expect(refused.message).toContain(
        `Move ${at("node_modules/a/cache")} away, or set directory_link_behavior: COPY`,
      );
      expect(readFileSync(at("v"), "utf8")).toBe("1");
      expect(readFileSync(at("node_modules/a/index.js"), "utf8")).toBe("a");
    }
    expect(await deploy("d-4", PNPM, { more: copy })).toMatchObject({ errorCode: 0 });
    rmdirSync(at("node_modules/a/cache"));
    // d-4 found the directory there, so it is not one of its own.
    expect((await deploy("d-5", PNPM)).message).toContain(`Move ${at("node_modules/a")} away`);
    rmSync(at("node_modules/a"), { recursive: true });
    expect(await deploy("d-6", PNPM)).toMatchObject({ errorCode: 0 });
    expect(readlinkSync(at("node_modules/a"))).toBe(".pnpm/a@1/node_modules/a");
  });

  test("a link to a file, to nothing, in a circle and out of the bundle is installed itself", async () => {
    const targets = {
      file: "real/f",
      nowhere: "x/y",
      round: "round",
      python: "/usr/bin/python3",
      usr: "/usr",
      up: "../..",
    };
    const links = Object.entries(targets).map(([name, target]) => link(`app/${name}`, target));
    for (const [id, more] of [
      ["d-1", ""],
      ["d-2", "directory_link_behavior: COPY\n"],
    ] as const) {
      expect(await deploy(id, [{ name: "app/real/f", content: "F" }, ...links], { more })).toMatchObject({
        errorCode: 0,
      });
      for (const [name, target] of Object.entries(targets)) expect(readlinkSync(at(name))).toBe(target);
    }
  });

  test("a link to a directory that files puts elsewhere is a copy, and one that files puts where it leads is a link", async () => {
    const entries = [
      { name: "shared/s", content: "S" },
      link("shared/inner", "s.d"),
      { name: "shared/s.d/x", content: "X" },
      link("app/shared", "../shared"),
    ];
    expect(await deploy("d-1", entries, { map: { "/app": "one" } })).toMatchObject({ errorCode: 0 });
    expect(lstatSync(at("one/shared")).isDirectory()).toBe(true);
    expect(readFileSync(at("one/shared/s"), "utf8")).toBe("S");
    expect(readlinkSync(at("one/shared/inner"))).toBe("s.d");
    expect(await deploy("d-2", entries, { map: { "/app": "two", "/shared": "shared" } })).toMatchObject({
      errorCode: 0,
    });
    expect(readlinkSync(at("two/shared"))).toBe("../shared");
    expect(readFileSync(at("two/shared/s"), "utf8")).toBe("S");
  });

  test("a link that source names stands for its directory", async () => {
    const entries = [{ name: "releases/1/a", content: "A" }, link("current", "releases/1")];
    expect(await deploy("d-1", entries, { map: { "/current": "" } })).toMatchObject({ errorCode: 0 });
    expect(readFileSync(at("a"), "utf8")).toBe("A");
  });

  test("a link of an archive that the AWS agent unpacked keeps the bytes of its target", async () => {
    const target = Buffer.from("caf\xe9", "latin1");
    const appSpec = `version: 0.0\nos: linux\nfiles:\n  - source: /app\n    destination: ${fixture.destination}\n`;
    fixture.bundle = tgz({ "appspec.yml": appSpec }, [{ name: "app/a", content: "" }]);
    expect(await fixture.run("DownloadBundle", { DeploymentId: "d-1" })).toMatchObject({ errorCode: 0 });
    symlinkSync(target, join(archiveOf("d-1"), "app/link"));
    expect(await fixture.run("Install", { DeploymentId: "d-1" })).toMatchObject({ errorCode: 0 });
    expect(readlinkSync(at("link"), { encoding: "buffer" })).toEqual(target);
  });

  test("the next install removes the link and not what is behind it", async () => {
    const entries = [link("app/out", outside), link("app/dir", "real"), { name: "app/real/f", content: "F" }];
    expect(await deploy("d-1", entries)).toMatchObject({ errorCode: 0 });
    writeFileSync(at("real/by-hand"), "kept");
    expect(await deploy("d-2", [{ name: "app/other", content: "" }])).toMatchObject({ errorCode: 0 });
    expect(readdirSync(fixture.destination).sort()).toEqual(["other", "real"]);
    expect(readdirSync(at("real"))).toEqual(["by-hand"]);
    expect(readdirSync(outside).sort()).toEqual(["kept", "script.sh"]);
  });

  test("nothing is installed below a link that is installed", async () => {
    const entries = [link("app/dir", "real"), { name: "app/real/f", content: "F" }, { name: "more/m", content: "M" }];
    const outcome = await deploy("d-1", entries, { map: { "/app": "", "/more": "dir" } });
    expect(outcome.errorCode).toBe(5);
    expect(existsSync(at("real/m"))).toBe(false);
  });
});

describe("what leads out of the revision is refused with the bundle, before a script of it has run", () => {
  const hook = (location: string) => `hooks:\n  BeforeInstall:\n    - location: ok.sh\n    - location: ${location}\n`;
  const ok = { name: "ok.sh", content: "#!/bin/sh\necho ran\n", mode: 0o755 };

  test.each([
    [
      "a source behind a link",
      { map: { "/out": "" } },
      "names a source that leads out of the revision, through a symbolic link, to",
    ],
    ["a source below a link", { map: { "/out/kept": "" } }, "names a source that leads out of the revision"],
    ["a source with ..", { map: { "/../x": "" } }, "names a source that leads out of the revision: /../x"],
    ["a missing source", { map: { "/none": "" } }, "names a source that is not in the revision: /none"],
    [
      "a script behind a link",
      { map: {}, more: hook("out/script.sh") },
      "out/script.sh leads out of the revision, so it was not run",
    ],
    ["a script that is a link", { map: {}, more: hook("run") }, "run leads out of the revision, so it was not run"],
  ])("%s", async (_, options, says) => {
    await deploy("d-1", [{ name: "app/old", content: "" }]);
    const entries = [ok, link("out", outside), link("run", `${outside}/script.sh`)];
    const outcome = await deploy("d-2", entries, options);
    expect(outcome.message).toContain(says);
    expect(fixture.text()).not.toContain("ran");
    expect(readdirSync(fixture.destination)).toEqual(["old"]);
    expect(existsSync(archiveOf("d-2"))).toBe(false);
    expect(lstatSync(join(outside, "script.sh")).mode & 0o777).toBe(0o644);
  });
});
