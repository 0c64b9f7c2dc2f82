import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RawTarEntry } from "../archive/raw-archives.fixture.ts";
import { bindMount, mountSmall } from "../bind-mount.fixture.ts";
import { createHostFixture, type HostFixture, isRoot, specification, tgz } from "../host.fixture.ts";
import { layoutOf } from "../layout.ts";
import type { CommandOutcome } from "../lifecycle-command.ts";

let fixture: HostFixture;
beforeEach(async () => {
  fixture = await createHostFixture();
});
afterEach(() => fixture.close());

const at = (path: string) => join(fixture.destination, path);
const text = (path: string) => readFileSync(at(path), "utf8");
const layout = (DeploymentId = "d-1") => layoutOf(fixture.root, specification({ DeploymentId }));
const cleanup = () => readFileSync(layout().cleanupFile, "utf8").split("\n").slice(0, -1);

interface Revision {
  readonly files: Readonly<Record<string, string>>;
  /** `source` to destination below the fixture's. */
  readonly map?: Readonly<Record<string, string>>;
  readonly more?: string;
  readonly entries?: readonly RawTarEntry[];
}

function bundle({ files, map = { "/app": "" }, more = "", entries = [] }: Revision): Buffer {
  const mappings = Object.entries(map).map(([source, to]) => `  - source: ${source}\n    destination: ${at(to)}\n`);
  const appSpec = `version: 0.0\nos: linux\nfiles:\n${mappings.join("")}${more}`;
  return tgz({ "appspec.yml": appSpec, ...files }, entries);
}

async function deploy(
  DeploymentId: string,
  revision: Revision,
  behavior?: string,
  group?: string,
): Promise<CommandOutcome> {
  fixture.bundle = bundle(revision);
  const changes = {
    DeploymentId,
    ...(group === undefined ? {} : { DeploymentGroupId: group }),
    ...(behavior === undefined ? {} : { AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: behavior } } }),
  };
  const downloaded = await fixture.run("DownloadBundle", changes);
  return downloaded.errorCode === 0 ? fixture.run("Install", changes) : downloaded;
}

const OK = { errorCode: 0, scriptName: "", message: "Succeeded", log: "" };

describe("what is copied where", () => {
  test("directories by content, files by name; the lists are the reference agent's", async () => {
    const revision = {
      files: { "app/a": "A", "app/sub/b": "B", "conf/c.conf": "C" },
      map: { "/app": "one", "conf/c.conf": "two/etc" },
    };
    expect(await deploy("d-1", revision)).toEqual(OK);
    expect([text("one/a"), text("one/sub/b"), text("two/etc/c.conf")]).toEqual(["A", "B", "C"]);
    expect(cleanup()).toEqual(
      ["", "one", "one/a", "one/sub", "one/sub/b", "two", "two/etc", "two/etc/c.conf"].map((path) =>
        path === "" ? fixture.destination : at(path),
      ),
    );
    const archive = layout().archiveDirectory;
    expect(JSON.parse(readFileSync(layout().installFile, "utf8")).instructions).toEqual([
      { type: "mkdir", directory: fixture.destination },
      { type: "mkdir", directory: at("one") },
      { type: "copy", source: `${archive}/app/a`, destination: at("one/a") },
      { type: "mkdir", directory: at("one/sub") },
      { type: "copy", source: `${archive}/app/sub/b`, destination: at("one/sub/b") },
      { type: "mkdir", directory: at("two") },
      { type: "mkdir", directory: at("two/etc") },
      { type: "copy", source: `${archive}/conf/c.conf`, destination: at("two/etc/c.conf") },
    ]);
  });

  test("modes and times come along, and a copy shares nothing with the archive", async () => {
    const big = "x".repeat(1_500_000);
    expect(await deploy("d-1", { files: { "app/run": "#!/bin/sh\n", "app/big": big } })).toEqual(OK);
    expect(statSync(at("run")).mode & 0o777).toBe(0o755);
    expect(statSync(at("run")).mtimeMs).toBe(1_700_000_000_000);
    expect(statSync(at("big")).mtimeMs).toBe(1_700_000_000_000);
    writeFileSync(at("run"), "changed");
    writeFileSync(at("big"), "changed");
    expect(readFileSync(join(layout().archiveDirectory, "app/run"), "utf8")).toBe("#!/bin/sh\n");
    expect(readFileSync(join(layout().archiveDirectory, "app/big"), "utf8")).toBe(big);
  });

  test("a source that is missing fails before anything on the host is changed", async () => {
    await deploy("d-1", { files: { "app/a": "A" } });
    const outcome = await deploy("d-2", { files: {}, map: { "/app": "" } });
    expect(outcome.message).toMatch(/names a source that is not in the revision: \/app/);
    expect(text("a")).toBe("A");
  });

  test("two sources for one destination", async () => {
    const outcome = await deploy("d-1", { files: { "app/a": "1", "b/a": "2" }, map: { "/app": "", "/b": "" } });
    const archive = layout().archiveDirectory;
    expect(outcome.message).toBe(
      "The deployment failed because the application specification file specifies two source files named " +
        `${archive}/b/a and ${archive}/app/a for the same destination (${at("a")}). Remove one of the source file paths ` +
        "from the AppSpec file, and then try again.",
    );
  });

  test("a file where another source has a directory, both ways round", async () => {
    const files = { "app/x": "file", "b/x/y": "in a directory" };
    const later = await deploy("d-1", { files, map: { "/app": "", "/b": "" } });
    expect(later.message).toContain(`an mkdir command more than once for the same destination path (${at("x")})`);
    const earlier = await deploy("d-2", { files, map: { "/b": "", "/app": "" } });
    expect(earlier.message).toContain(`a file with that name already exists at the location (${at("x")})`);
  });

  test("a name with a line break cannot forge the cleanup list", async () => {
    const victim = join(fixture.root, "victim");
    writeFileSync(victim, "");
    const outcome = await deploy("d-1", { files: { [`app/a\n${victim.slice(1)}`]: "" } });
    expect(outcome.message).toContain("contains a line break");
  });
});

describe("files that exist", () => {
  beforeEach(() => {
    mkdirSync(fixture.destination);
    writeFileSync(at("a"), "foreign");
  });
  const revision = { files: { "app/a": "new", "app/b": "new" } };

  test("DISALLOW is the default, in the reference agent's words; the log says whose the file is", async () => {
    const outcome = await deploy("d-1", revision);
    expect(outcome).toMatchObject({
      errorCode: 5,
      message: `The deployment failed because a specified file already exists at this location: ${at("a")}`,
      log: expect.stringMatching(/^No deployment group installed it.*OVERWRITE.*RETAIN/),
    });
    expect(text("a")).toBe("foreign");
    expect(existsSync(at("b"))).toBe(false);
  });

  test("another group's file is named as such", async () => {
    rmSync(at("a"));
    await deploy("d-1", revision, undefined, "other-group");
    expect((await deploy("d-2", revision)).log).toContain("The deployment group other-group installed it.");
  });

  test("OVERWRITE replaces and owns it from then on, mode included", async () => {
    chmodSync(at("a"), 0o600);
    expect(await deploy("d-1", revision, "overwrite")).toEqual(OK);
    expect(text("a")).toBe("new");
    expect(statSync(at("a")).mode & 0o777).toBe(0o644);
    expect(cleanup().sort()).toEqual([at("a"), at("b")]);
    await deploy("d-2", { files: { "app/c": "" } });
    expect(readdirSync(fixture.destination), "the host's file is back").toEqual(["a", "c"]);
    expect(statSync(at("a")).mode & 0o777).toBe(0o600);
  });

  test("OVERWRITE replaces a link and not what it leads to; a link replaces a file", async () => {
    rmSync(at("a"));
    writeFileSync(join(fixture.root, "target"), "target");
    symlinkSync(join(fixture.root, "target"), at("a"));
    expect(await deploy("d-1", { files: { "app/a": "new" } }, "OVERWRITE")).toEqual(OK);
    expect(lstatSync(at("a")).isFile()).toBe(true);
    expect(readFileSync(join(fixture.root, "target"), "utf8")).toBe("target");
    writeFileSync(at("l"), "foreign");
    const entries = [{ name: "app/l", type: "2", linkName: "x" }];
    expect(await deploy("d-2", { files: { "app/x": "x" }, entries }, "OVERWRITE")).toEqual(OK);
    expect(readlinkSync(at("l"))).toBe("x");
    expect(readdirSync(fixture.destination).sort(), "nothing unfinished is left").toEqual(["a", "l", "x"]);
    expect(cleanup().sort()).toEqual([at("l"), at("x")]);
  });

  test("a link that leads nowhere is something that exists", async () => {
    rmSync(at("a"));
    symlinkSync("nowhere", at("a"));
    expect((await deploy("d-1", revision)).message).toContain(`already exists at this location: ${at("a")}`);
    expect(await deploy("d-2", revision, "RETAIN")).toEqual(OK);
    expect(readlinkSync(at("a"))).toBe("nowhere");
    expect(existsSync(at("nowhere"))).toBe(false);
  });

  test("OVERWRITE replaces a program that is running", async () => {
    writeFileSync(at("a"), readFileSync("/bin/sleep"));
    chmodSync(at("a"), 0o755);
    const child = spawn(at("a"), ["300"]);
    await new Promise((resolve) => child.once("spawn", resolve));
    expect(await deploy("d-1", revision, "OVERWRITE")).toEqual(OK);
    expect(text("a")).toBe("new");
    child.kill();
  });

  test("RETAIN keeps it and does not own it", async () => {
    expect(await deploy("d-1", revision, "RETAIN")).toEqual(OK);
    expect(text("a")).toBe("foreign");
    expect(cleanup()).toEqual([at("b")]);
    await deploy("d-2", { files: { "app/c": "" } });
    expect(readdirSync(fixture.destination).sort()).toEqual(["a", "c"]);
  });

  test("the AppSpec wins over the deployment; an unknown word is refused", async () => {
    const retain = { ...revision, more: "file_exists_behavior: RETAIN\n" };
    expect(await deploy("d-1", retain, "OVERWRITE")).toEqual(OK);
    expect(text("a")).toBe("foreign");
    expect((await deploy("d-2", revision, "MERGE")).message).toBe(
      "The deployment failed because an invalid option was specified for fileExistsBehavior: MERGE. " +
        "Valid options include OVERWRITE, RETAIN, and DISALLOW.",
    );
  });

  test("a directory in a file's place is a failure, not a copy into it", async () => {
    rmSync(at("a"));
    mkdirSync(at("a"));
    expect((await deploy("d-1", revision, "OVERWRITE")).message).toMatch(/but a directory is there/);
    expect(readdirSync(at("a"))).toEqual([]);
  });

  test("a file in a directory's place is a failure", async () => {
    const outcome = await deploy("d-1", { files: { "app/a/b": "" } }, "OVERWRITE");
    expect(outcome.message).toMatch(/needs a directory at .*\/a, but a file is there/);
  });
});

describe("the cleanup of the previous install", () => {
  test("takes its files, edited or not, and its directories if empty; foreign files survive", async () => {
    await deploy("d-1", { files: { "app/a": "A", "app/empty/x": "", "app/full/x": "" } });
    writeFileSync(at("a"), "edited");
    writeFileSync(at("full/foreign"), "mine");
    expect(await deploy("d-2", { files: { "app/b": "B" } })).toEqual(OK);
    expect(readdirSync(fixture.destination).sort()).toEqual(["b", "full"]);
    expect(readdirSync(at("full"))).toEqual(["foreign"]);
    await deploy("d-3", { files: { "app/c": "C" } });
    expect(readdirSync(fixture.destination).sort(), "full is no longer ours").toEqual(["c", "full"]);
  });

  test("passes over what is gone, and reads a list that the reference agent left in mid-line", async () => {
    await deploy("d-1", { files: { "app/a": "A", "app/b": "B" } });
    rmSync(at("a"));
    writeFileSync(at("keep"), "");
    writeFileSync(layout().cleanupFile, `${readFileSync(layout().cleanupFile, "utf8")}${at("keep")}`);
    expect(await deploy("d-2", { files: { "app/c": "C" } })).toEqual(OK);
    expect(readdirSync(fixture.destination).sort()).toEqual(["c", "keep"]);
  });

  test("the same deployment again finds nothing in its way", async () => {
    await deploy("d-1", { files: { "app/a": "A" } });
    expect(await fixture.run("Install", { DeploymentId: "d-1" })).toEqual(OK);
    expect(text("a")).toBe("A");
  });
});

describe("permissions", () => {
  const files = { "app/a.sh": "#!/bin/sh\n", "app/b.txt": "b", "app/sub/c.sh": "c", "app/sub/deep/d": "d" };
  const rule = (lines: string) => `permissions:\n${lines.replaceAll("$D", fixture.destination)}`;
  const mode = (path: string) => (statSync(at(path)).mode & 0o7777).toString(8);

  test("** reaches everything below but not the object itself; type narrows", async () => {
    const more = rule('  - object: $D\n    pattern: "**"\n    mode: 600\n    type: [file]\n');
    expect(await deploy("d-1", { files, more })).toEqual(OK);
    expect(["a.sh", "sub/c.sh", "sub/deep/d"].map(mode)).toEqual(["600", "600", "600"]);
    expect(mode("sub")).toBe("755");
    expect(JSON.parse(readFileSync(layout().installFile, "utf8")).instructions).toContainEqual({
      type: "chmod",
      mode: "600",
      file: at("a.sh"),
    });
  });

  test("any other pattern and except reach direct children only", async () => {
    const more = rule('  - object: $D\n    pattern: "*.sh"\n    except: ["z*"]\n    mode: 500\n    type: [file]\n');
    await deploy("d-1", { files: { ...files, "app/z.sh": "" }, more });
    expect(["a.sh", "b.txt", "sub/c.sh", "z.sh"].map(mode)).toEqual(["500", "644", "644", "644"]);
  });

  test("directories, special bits, and only what this install made", async () => {
    mkdirSync(at("sub"), { recursive: true });
    chmodSync(at("sub"), 0o711);
    writeFileSync(at("foreign"), "");
    chmodSync(at("foreign"), 0o640);
    const more = rule('  - object: $D\n    mode: "2775"\n    type: [directory]\n');
    expect(await deploy("d-1", { files, more })).toEqual(OK);
    expect([mode("sub/deep"), mode("sub"), mode("foreign")]).toEqual(["2775", "711", "640"]);
  });

  test("one file by name, which takes neither pattern nor except", async () => {
    expect(await deploy("d-1", { files, more: rule('  - object: $D/b.txt\n    mode: "4755"\n') })).toEqual(OK);
    expect(mode("b.txt")).toBe("4755");
    const pattern = await deploy("d-2", {
      files,
      more: rule('  - object: $D/b.txt\n    pattern: "*"\n    mode: 644\n'),
    });
    expect(pattern.message).toContain(`includes an object (${at("b.txt")}) with an invalid pattern (*)`);
    const except = await deploy("d-3", { files, more: rule("  - object: $D/b.txt\n    except: [x]\n    mode: 644\n") });
    expect(except.message).toContain("the except parameter for a pattern in the permissions section");
  });

  test("the same object twice is refused, before anything is copied", async () => {
    const more = rule("  - object: $D\n    mode: 644\n    type: [file]\n  - object: $D/b.txt\n    mode: 600\n");
    expect((await deploy("d-1", { files, more })).message).toBe(
      `The deployment failed because the permissions setting for (${at("b.txt")}) is specified more than once in the ` +
        "application specification file. Update the files section of the AppSpec file, and then try again.",
    );
    expect(existsSync(fixture.destination)).toBe(false);
  });

  test("owner and group, after the mode; links are changed themselves", async ({ skip }) => {
    skip(!isRoot, "needs root");
    const more = rule('  - object: $D\n    owner: nobody\n    group: nogroup\n    mode: "4755"\n');
    const secret = join(fixture.root, "secret");
    writeFileSync(secret, "");
    const entries = [{ name: "app/link", type: "2", linkName: "b.txt" }];
    expect(await deploy("d-1", { files, more, entries })).toEqual(OK);
    expect(lstatSync(at("b.txt"))).toMatchObject({ uid: 65534, gid: 65534 });
    expect(lstatSync(at("link"))).toMatchObject({ uid: 65534 });
    expect(mode("b.txt"), "the change of owner strips setuid").toBe("755");
  });

  test("files keep the archive's owner, as root", async ({ skip }) => {
    skip(!isRoot, "needs root");
    const entries = [{ name: "app/owned", uid: 12345, gid: 54321, mode: 0o4755 }];
    expect(await deploy("d-1", { files: {}, entries })).toEqual(OK);
    expect(lstatSync(at("owned"))).toMatchObject({ uid: 12345, gid: 54321 });
    expect(mode("owned")).toBe("4755");
  });

  test("files have the bundle's group where a directory gives its own to what is made in it", async ({ skip }) => {
    skip(!isRoot, "needs root");
    mkdirSync(fixture.destination);
    chownSync(fixture.destination, 0, 2);
    chmodSync(fixture.destination, 0o2755);
    expect(await deploy("d-1", { files: { "app/a": "", "app/new/b": "" } })).toEqual(OK);
    expect([lstatSync(at("a")).gid, lstatSync(at("new/b")).gid]).toEqual([0, 0]);
  });

  test("an unknown owner or group is named while the previous revision is in place, unless it gets nothing", async () => {
    await deploy("d-1", { files: { "app/old": "" } });
    const owner = await deploy("d-2", { files, more: rule("  - object: $D\n    owner: nosuchuser\n") });
    expect(owner.message).toMatch(/^The user "nosuchuser" does not exist on this host, and the permissions section/);
    const group = await deploy("d-3", { files, more: rule("  - object: $D\n    group: nosuchgroup\n") });
    expect(group.message).toMatch(/^The group "nosuchgroup" does not exist/);
    expect(readdirSync(fixture.destination)).toEqual(["old"]);
    expect(await deploy("d-4", { files, more: rule("  - object: /srv/none\n    owner: nosuchuser\n") })).toEqual(OK);
  });
});

describe("after a crash in mid-install", () => {
  const COUNT = 300;
  const many = (prefix: string) =>
    Object.fromEntries(Array.from({ length: COUNT }, (_, index) => [`app/${prefix}${index}`, "x".repeat(2_000)]));

  /** Runs Install in a process of its own, which is killed as it comes to one of the files. */
  async function installAndKill(DeploymentId: string, behavior: string): Promise<void> {
    const command = {
      commandName: "Install",
      specification: specification({
        DeploymentId,
        AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: behavior } },
      }),
      bundleUrl: undefined,
    };
    const program = `
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      const { openSync } = fs;
      const isFatal = (path) => String(path).endsWith("/new200") && !path.startsWith(${JSON.stringify(fixture.root)});
      fs.openSync = (path, ...rest) => (isFatal(path) && process.kill(process.pid, "SIGKILL"), openSync(path, ...rest));
      syncBuiltinESMExports();
      const { createHost } = await import(${JSON.stringify(fileURLToPath(new URL("../host.ts", import.meta.url)))});
      const host = createHost({ directory: ${JSON.stringify(fixture.root)} });
      await host.run(${JSON.stringify(command)}, { write() {} }, new AbortController().signal);
    `;
    const argv = ["--input-type=module", "-e", program];
    const child = spawn(process.execPath, argv, { stdio: ["ignore", "ignore", "inherit"] });
    const signal = await new Promise<NodeJS.Signals | null>((resolve) => child.once("exit", (_, by) => resolve(by)));
    expect(signal).toBe("SIGKILL");
    const installed = readdirSync(fixture.destination).filter((name) => name.startsWith("new")).length;
    expect(installed).toBeGreaterThan(0);
    expect(installed).toBeLessThan(COUNT);
  }

  async function crash(behavior = "DISALLOW"): Promise<void> {
    await deploy("d-1", { files: { "app/old": "" } });
    fixture.bundle = bundle({ files: { ...many("new"), "app/zz-foreign": "ours" } });
    await fixture.run("DownloadBundle", { DeploymentId: "d-2" });
    await installAndKill("d-2", behavior);
    expect(readFileSync(layout().lastSuccessfulInstallFile, "utf8")).toMatch(/\/d-1$/);
  }

  test("the same deployment installs, without meeting its own files", async () => {
    await crash();
    expect(await fixture.run("Install", { DeploymentId: "d-2" })).toEqual(OK);
    expect(readdirSync(fixture.destination)).toHaveLength(COUNT + 1);
    expect(readFileSync(layout().lastSuccessfulInstallFile, "utf8")).toMatch(/\/d-2$/);
  });

  test("another deployment removes what the killed one got to", async () => {
    await crash();
    expect(await deploy("d-3", { files: { "app/only": "" } })).toEqual(OK);
    expect(readdirSync(fixture.destination)).toEqual(["only"]);
  });

  test("a foreign file that was to be overwritten, but was not yet, is nobody's to remove", async () => {
    mkdirSync(fixture.destination);
    writeFileSync(at("zz-foreign"), "foreign");
    await crash("OVERWRITE");
    expect(text("zz-foreign")).toBe("foreign");
    expect(await deploy("d-3", { files: { "app/only": "" } })).toEqual(OK);
    expect(text("zz-foreign")).toBe("foreign");
  });
});

test("the last successful revision is never removed, and the newest stay", async () => {
  await fixture.close();
  fixture = await createHostFixture({ maxRevisions: 2 });
  await deploy("d-1", { files: { "app/a": "" } });
  for (const id of ["d-2", "d-3", "d-4"]) {
    fixture.bundle = bundle({ files: { "app/a": "" } });
    await fixture.run("DownloadBundle", { DeploymentId: id });
  }
  expect(readdirSync(layout().groupDirectory).sort()).toEqual(["d-1", "d-4"]);
});

test("what cannot be written is named by its path", async ({ skip }) => {
  skip(!isRoot, "needs root, to mount");
  mkdirSync(fixture.destination);
  const unmount = mountSmall(fixture.destination, 64);
  skip(unmount === undefined, "mounting is not allowed here");
  try {
    const full = await deploy("d-1", { files: { "app/large": "x".repeat(256 * 1024) } });
    expect(full.message).toBe(
      `The disk of ${fixture.destination} is full. Free space on it, then deploy again: df -h ${fixture.destination} (ENOSPC: no space left on device, write '${at("large")}')`,
    );
    const names = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`app/${index}`, ""]));
    expect(spawnSync("mount", ["-o", "remount,nr_inodes=100", fixture.destination]).status).toBe(0);
    expect((await deploy("d-2", { files: names })).message).toMatch(
      /has no room for another file \(inodes\)\..* df -i \S+ \(ENOSPC/,
    );
    const name = "n".repeat(300);
    const tooLong = await deploy("d-3", { files: { "app/a": "" }, map: { "/app": name } });
    expect(tooLong.message).toContain(`'${at(name)}'`);
  } finally {
    unmount?.();
  }
});

test("an old revision that cannot be removed is told of, and does not stand in the way", async ({ skip }) => {
  skip(!isRoot, "needs root, to mount");
  await fixture.close();
  fixture = await createHostFixture({ maxRevisions: 1 });
  fixture.bundle = bundle({ files: { "app/a": "" } });
  expect(await fixture.run("DownloadBundle", { DeploymentId: "d-1" })).toMatchObject(OK);
  const kept = join(fixture.root, "../kept");
  mkdirSync(kept);
  writeFileSync(join(kept, "data"), "data");
  const mounted = join(layout().archiveDirectory, "app");
  const unmount = bindMount(kept, mounted);
  skip(unmount === undefined, "mounting is not allowed here");
  try {
    expect(await fixture.run("DownloadBundle", { DeploymentId: "d-2" })).toMatchObject(OK);
    expect(fixture.text()).toContain(`The old revision ${layout().deploymentDirectory} could not be removed`);
    expect(fixture.text()).toContain(`umount ${mounted}`);
    expect(readdirSync(kept)).toEqual(["data"]);
  } finally {
    unmount?.();
  }
  expect(await fixture.run("DownloadBundle", { DeploymentId: "d-3" })).toMatchObject(OK);
  expect(readdirSync(layout().groupDirectory)).toEqual(["d-3"]);
});
