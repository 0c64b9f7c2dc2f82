import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mountSmall } from "../bind-mount.fixture.ts";
import { appSpec, createHostFixture, type HostFixture, isRoot, specification, tgz } from "../host.fixture.ts";
import { layoutOf } from "../layout.ts";
import type { CommandOutcome } from "../lifecycle-command.ts";
import { Folders } from "./folders.ts";
import { Originals } from "./originals.ts";

const LONG_AGO = 1_000_000_000;
const hasSetfacl = existsSync("/usr/bin/setfacl");

let fixture: HostFixture;
beforeEach(async () => {
  fixture = await createHostFixture();
  mkdirSync(fixture.destination);
});
afterEach(() => fixture.close());

const at = (path: string) => join(fixture.destination, path);
const text = (path: string) => readFileSync(at(path), "utf8");
const layout = () => layoutOf(fixture.root, specification());

function deploy(DeploymentId: string, files: readonly string[], behavior = "DISALLOW"): Promise<CommandOutcome> {
  const content = Object.fromEntries(files.map((name) => [`app/${name}`, `${DeploymentId}'s`]));
  const bundle = tgz({ "appspec.yml": appSpec(fixture.destination), ...content });
  const AgentActionOverrides = { AgentOverrides: { FileExistsBehavior: behavior } };
  return fixture.deploy(DeploymentId, bundle, { AgentActionOverrides });
}

/** Everything that is to come back. */
function plant(): void {
  writeFileSync(at("conf"), "the host's");
  if (isRoot) chownSync(at("conf"), 1, 2);
  chmodSync(at("conf"), 0o4651);
  if (hasSetfacl) execFileSync("setfacl", ["-m", "u:65534:r", at("conf")]);
  utimesSync(at("conf"), LONG_AGO, LONG_AGO);
  symlinkSync("nowhere", at("link"));
}

function look(): unknown {
  const { mode, uid, gid, mtimeMs } = statSync(at("conf"));
  const acl = hasSetfacl ? execFileSync("getfacl", ["-cpn", at("conf")], { encoding: "utf8" }) : "";
  return { mode, uid, gid, mtimeMs, acl, content: text("conf"), link: readlinkSync(at("link")) };
}

test("what OVERWRITE replaced comes back with the revision that no longer has it", async () => {
  plant();
  const before = look();
  expect(await deploy("d-1", ["conf", "link", "mine"], "OVERWRITE")).toMatchObject({ errorCode: 0 });
  expect([text("conf"), text("link")]).toEqual(["d-1's", "d-1's"]);
  // The revision that has it does not meet the host's file, as with the AWS agent.
  expect(await deploy("d-2", ["conf", "link"])).toMatchObject({ errorCode: 0 });
  expect(text("conf")).toBe("d-2's");
  expect(await deploy("d-3", ["other"])).toMatchObject({ errorCode: 0, message: "Succeeded" });
  expect(look()).toEqual(before);
  expect(readdirSync(fixture.destination).sort()).toEqual(["conf", "link", "other"]);
  expect(existsSync(layout().originalsDirectory)).toBe(false);
});

test("across file systems it is copied there and back", async ({ skip }) => {
  skip(!isRoot || !hasSetfacl, "needs root, to mount, and setfacl");
  const unmount = mountSmall(fixture.destination, 256);
  skip(unmount === undefined, "mounting is not allowed here");
  try {
    plant();
    const before = look();
    await deploy("d-1", ["conf", "link"], "OVERWRITE");
    expect(readdirSync(layout().originalsDirectory)).toHaveLength(3);
    expect(await deploy("d-2", ["other"])).toMatchObject({ message: "Succeeded" });
    expect(look()).toEqual(before);
    expect(readdirSync(fixture.destination).sort()).toEqual(["conf", "link", "other"]);
    expect(readFileSync(layout().cleanupFile, "utf8")).toBe(`${at("other")}\n`);
  } finally {
    unmount?.();
  }
});

test("a file that somebody put there since stays, and the log says so", async () => {
  plant();
  await deploy("d-1", ["conf", "link"], "OVERWRITE");
  const [folders, originals] = [new Folders(), new Originals(layout().originalsDirectory)];
  rmSync(at("conf"));
  writeFileSync(at("conf"), "newer");
  expect(
    await originals.putBack(
      (path) => path !== at("conf"),
      folders,
      () => {},
    ),
  ).toEqual([]);
  folders.close();
  expect(originals.notes.join()).toContain(`${at("conf")} was not put back`);
  expect(text("conf")).toBe("newer");
});

test("one whose directory is gone waits until it is there again", async () => {
  mkdirSync(at("sub"));
  writeFileSync(at("sub/conf"), "the host's");
  await deploy("d-1", ["sub/conf"], "OVERWRITE");
  renameSync(at("sub"), at("away"));
  await deploy("d-2", ["other"]);
  expect(existsSync(at("sub"))).toBe(false);
  mkdirSync(at("sub"));
  await deploy("d-3", ["other"]);
  expect(text("sub/conf")).toBe("the host's");
});

test.each([
  [
    "changed",
    (file: string) => writeFileSync(file, "changed in its place"),
    /conf was put back, but it is not as it was/,
  ],
  [
    "replaced",
    (file: string) => {
      rmSync(file);
      writeFileSync(`${file}x`, "another");
      renameSync(`${file}x`, file);
    },
    /conf was not put back .*is not the file that the agent kept there.*mv /,
  ],
  [
    "removed",
    (file: string) => rmSync(file),
    /conf was not put back .*what the agent kept of it .* is not there any more/,
  ],
])("a script that has %s what is kept is noticed", async (what, change, says) => {
  writeFileSync(at("conf"), "the host's");
  await deploy("d-1", ["conf"], "OVERWRITE");
  const kept = readdirSync(layout().originalsDirectory).find((name) => name !== "list");
  change(join(layout().originalsDirectory, kept!));
  const outcome = await deploy("d-2", ["other"]);
  expect(outcome).toMatchObject({ errorCode: 0 });
  expect(fixture.text()).toMatch(says);
  expect(existsSync(at("conf"))).toBe(what === "changed");
  // What was not the agent's is nobody's but the operator's to remove.
  expect(existsSync(layout().originalsDirectory)).toBe(what === "replaced");
  fixture.output.length = 0;
  rmSync(layout().originalsDirectory, { recursive: true, force: true });
  await deploy("d-3", ["other"]);
  expect(fixture.text()).toBe("");
});

test("nothing is replaced where the disk has no room for what it would replace", async ({ skip }) => {
  skip(!isRoot, "needs root, to mount");
  await deploy("d-1", ["mine"]);
  const unmount = mountSmall(layout().instructionsDirectory, 64);
  skip(unmount === undefined, "mounting is not allowed here");
  try {
    writeFileSync(at("conf"), Buffer.alloc(200_000, "x"));
    const outcome = await deploy("d-2", ["conf"], "OVERWRITE");
    expect(outcome.errorCode).toBe(5);
    expect(outcome.message).toMatch(/full|no space/i);
    expect(text("conf")).toHaveLength(200_000);
  } finally {
    unmount?.();
  }
});

test("the host's file is not removed where an install that was cut short did not come to it", async () => {
  plant();
  const { ino } = lstatSync(at("conf"));
  const folders = new Folders();
  mkdirSync(layout().instructionsDirectory, { recursive: true });
  await new Originals(layout().originalsDirectory).keep([at("conf"), at("gone")], folders);
  folders.close();
  writeFileSync(layout().cleanupFile, `${at("conf")}\n`);
  expect((await deploy("d-1", ["conf"])).message).toMatch(/already exists at this location/);
  expect(lstatSync(at("conf")).ino).toBe(ino);
  expect(await deploy("d-2", ["other"])).toMatchObject({ message: "Succeeded" });
  expect(lstatSync(at("conf")).ino).toBe(ino);
  expect(existsSync(layout().originalsDirectory)).toBe(false);
});

test("what went back before a crash is kept again by the revision that replaces it again", async () => {
  plant();
  const before = look();
  await deploy("d-1", ["conf", "link"], "OVERWRITE");
  const folders = new Folders();
  rmSync(at("conf"));
  rmSync(at("link"));
  expect(
    await new Originals(layout().originalsDirectory).putBack(
      () => false,
      folders,
      () => {},
    ),
  ).toHaveLength(2);
  folders.close();
  expect(look()).toEqual(before);
  expect(await deploy("d-2", ["conf", "link"], "OVERWRITE")).toMatchObject({ errorCode: 0 });
  expect(text("conf")).toBe("d-2's");
  expect(await deploy("d-3", ["other"])).toMatchObject({ message: "Succeeded" });
  expect(look()).toEqual(before);
});
