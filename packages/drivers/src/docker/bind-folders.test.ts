import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { checkBindFolder, isWithin } from "./bind-folders.ts";

describe("a folder of the machine", () => {
  function newTree(): string {
    const root = realpathSync(mkdtempSync(join(tmpdir(), "sluice-bind-")));
    onTestFinished(() => rmSync(root, { recursive: true }));
    for (const folder of ["data/inner", "secret", "data-next", "run"])
      mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, "data/file"), "");
    writeFileSync(join(root, "run/docker.sock"), "");
    symlinkSync("inner", join(root, "data/same"));
    symlinkSync("../secret", join(root, "data/out"));
    symlinkSync("data", join(root, "way-in"));
    symlinkSync("../run", join(root, "data/engine"));
    return root;
  }
  const check = (root: string, folder: string, folders = ["data"], socket = "run/docker.sock") =>
    checkBindFolder(join(root, folder), {
      folders: folders.map((each) => join(root, each)),
      socket: join(root, socket),
    });

  it.each([
    ["data", "data"],
    ["data/inner", "data/inner"],
    ["data/inner/", "data/inner"],
    ["data/same", "data/inner"],
    // By another name than the settings have for it, it is the same.
    ["way-in/inner", "data/inner"],
  ])("is allowed: %s", async (folder, path) => {
    const root = newTree();
    expect(await check(root, folder)).toEqual({ outcome: "allowed", path: join(root, path) });
  });

  it.each([
    ["secret", /is not in the folders that the binding of docker allows: it allows .*data$/],
    ["data-next", /is not in the folders/],
    ["", /is not in the folders/],
    ["nowhere", /is not in the folders/],
    ["data/out", /leads by a link out of the folders/],
    ["data/engine", /leads by a link out of the folders/],
    ["data/nothing", /there is no folder .*: mkdir -p .*data\/nothing$/],
    ["data/file", /is not a folder$/],
  ])("is refused: %s", async (folder, reason) => {
    expect(await check(newTree(), folder)).toEqual({ outcome: "refused", reason: expect.stringMatching(reason) });
  });

  it("is refused with the engine's socket in it, also while that is not there", async () => {
    const root = newTree();
    for (const socket of ["run/docker.sock", "run/gone.sock", "data/engine/docker.sock"]) {
      const refused = { outcome: "refused", reason: expect.stringMatching(/contains .*sock, by which a task could/) };
      expect(await check(root, "run", ["run"], socket)).toEqual(refused);
      expect(await check(root, "", [""], socket)).toEqual(refused);
    }
  });
});

it.each([
  ["/srv", "/srv", true],
  ["/srv", "/srv/data", true],
  ["/srv/", "/srv/data", true],
  ["/", "/srv", true],
  ["/srv", "/srv-next", false],
  ["/srv/data", "/srv", false],
])("within %s is %s: %s", (upper, lower, is) => {
  expect(isWithin(upper, lower)).toBe(is);
});
