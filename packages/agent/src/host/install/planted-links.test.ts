import { spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parseFileMode } from "@sluice/model/app-spec/file-mode.ts";
import type { PermissionRule } from "@sluice/model/app-spec/install-values.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHostFixture, type HostFixture, isRoot, tgz } from "../host.fixture.ts";
import type { CommandOutcome } from "../lifecycle-command.ts";
import { asLocalUser, LOCAL_USER } from "../local-user.fixture.ts";
import { removeTree } from "../remove-tree.ts";
import { applyPermission } from "./apply-plan.ts";
import { FileCopier } from "./file-copier.ts";
import { Folders, UntrustedLink } from "./folders.ts";
import { Installed } from "./installed.ts";
import { Refusals } from "./refusals.ts";

/** A host whose destination belongs to a user without rights, and files of root's that this user is after. */
let fixture: HostFixture;
let victims: string;
let secret: string;

beforeEach(async () => {
  fixture = await createHostFixture();
  victims = join(fixture.destination, "..", "of-root");
  mkdirSync(victims, { mode: 0o755 });
  secret = join(victims, "secret");
  writeFileSync(secret, "root's", { mode: 0o600 });
  mkdirSync(fixture.destination);
  if (isRoot) chownSync(fixture.destination, LOCAL_USER.uid, LOCAL_USER.gid);
});
afterEach(() => fixture.close());

const at = (path: string) => join(fixture.destination, path);

async function deploy(
  DeploymentId: string,
  files: Readonly<Record<string, string>>,
  { behavior = "DISALLOW", more = "", to = fixture.destination } = {},
): Promise<CommandOutcome> {
  const appSpec = `version: 0.0\nos: linux\nfiles:\n  - source: /app\n    destination: ${to}\n${more}`;
  fixture.bundle = tgz({ "appspec.yml": appSpec, ...files });
  const changes = { DeploymentId, AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: behavior } } };
  expect(await fixture.run("DownloadBundle", changes)).toMatchObject({ errorCode: 0 });
  return fixture.run("Install", changes);
}

/** What the permissions section asks for a file, when it asks for a mode. */
function asksFor(mode: string): PermissionRule {
  const nothing = { owner: null, group: null, acls: null, context: null };
  return { object: at("a"), pattern: "**", except: [], type: ["file"], mode: parseFileMode(mode), ...nothing };
}

function plant(command: string): void {
  expect(asLocalUser(`cd ${fixture.destination} && ${command}`)).toMatchObject({ exitCode: 0 });
}

function expectSecretUntouched(): void {
  const { uid, gid, mode, nlink } = lstatSync(secret);
  expect({ uid, gid, mode: (mode & 0o7777).toString(8) }).toEqual({ uid: 0, gid: 0, mode: "600" });
  expect(readFileSync(secret, "utf8")).toBe("root's");
  expect(nlink).toBeLessThanOrEqual(2);
  expect(readdirSync(victims)).toEqual(["secret"]);
}

describe.skipIf(!isRoot)(
  "as root (needs root, to be one user and another), what a local user plants at a destination",
  () => {
    test("a link that leads nowhere is not followed under DISALLOW", async () => {
      plant(`ln -s ${victims}/created a`);
      expect((await deploy("d-1", { "app/a": "new" })).message).toBe(
        `The deployment failed because a specified file already exists at this location: ${at("a")}`,
      );
      expectSecretUntouched();
    });

    test("a link is replaced under OVERWRITE, and what it leads to stays as it is", async () => {
      plant(`ln -s ${secret} a`);
      const more = `permissions:\n  - object: ${at("")}\n    mode: 666\n    owner: nobody\n    type: [file]\n`;
      expect(await deploy("d-1", { "app/a": "new" }, { behavior: "OVERWRITE", more })).toMatchObject({ errorCode: 0 });
      expectSecretUntouched();
      expect(lstatSync(at("a")).isFile()).toBe(true);
      expect([readFileSync(at("a"), "utf8"), lstatSync(at("a")).mode & 0o777]).toEqual(["new", 0o666]);
    });

    test("a link stays under RETAIN", async () => {
      plant(`ln -s ${secret} a`);
      expect(await deploy("d-1", { "app/a": "new" }, { behavior: "RETAIN" })).toMatchObject({ errorCode: 0 });
      expectSecretUntouched();
      expect(readlinkSync(at("a"))).toBe(secret);
    });

    test("a hard link of a file of root's is replaced under OVERWRITE, and the file stays as it is", async () => {
      // Kernels without fs.protected_hardlinks let everybody make it; root makes it here, so that the test does not depend on that.
      linkSync(secret, at("a"));
      const outcome = await deploy("d-1", { "app/a": "x".repeat(2_000_000) }, { behavior: "OVERWRITE" });
      expect(outcome).toMatchObject({ errorCode: 0 });
      expectSecretUntouched();
      expect(readFileSync(at("a"), "utf8")).toHaveLength(2_000_000);
    });

    test("a named pipe is replaced under OVERWRITE, and nobody waits for its reader", async () => {
      plant("mkfifo a");
      expect(await deploy("d-1", { "app/a": "new" }, { behavior: "OVERWRITE" })).toMatchObject({ errorCode: 0 });
      expect(readFileSync(at("a"), "utf8")).toBe("new");
    });
  },
);

describe.skipIf(!isRoot)("as root (needs root, to be one user and another), a link on the way", () => {
  test("of a local user's is refused by its path, and nothing is made behind it", async () => {
    plant(`ln -s ${victims} sub`);
    const outcome = await deploy("d-1", { "app/sub/a": "new", "app/sub/deep/b": "new" });
    expect(outcome).toMatchObject({ errorCode: 5 });
    expect(outcome.message).toContain(`${at("sub")} is a symbolic link`);
    expect(outcome.message).toContain(`it belongs to the user ${LOCAL_USER.uid}`);
    expectSecretUntouched();
  });

  test("of a local user's, which is the destination itself, is refused too", async () => {
    plant(`ln -s ${victims} sub`);
    expect((await deploy("d-1", { "app/a": "" }, { to: at("sub") })).message).toContain(
      `${at("sub")} is a symbolic link`,
    );
    expectSecretUntouched();
  });

  test("of root's in a directory that others write to is refused", async () => {
    symlinkSync(victims, at("sub"));
    const outcome = await deploy("d-1", { "app/sub/a": "new" });
    expect(outcome.message).toContain(`its directory belongs to the user ${LOCAL_USER.uid}`);
    const open = join(victims, "..", "open");
    mkdirSync(open);
    chmodSync(open, 0o1777);
    symlinkSync(victims, join(open, "sub"));
    expect((await deploy("d-2", { "app/a": "" }, { to: join(open, "sub") })).message).toContain(
      "users other than root can write to its directory",
    );
    expectSecretUntouched();
  });

  test("of root's, in a directory of root's alone, is followed; a link of another user's behind it is not", async () => {
    const links = join(victims, "..", "links");
    mkdirSync(links);
    symlinkSync("../installed", join(links, "good"));
    expect(await deploy("d-1", { "app/a": "A" }, { to: join(links, "good", "app") })).toMatchObject({ errorCode: 0 });
    expect(readFileSync(at("app/a"), "utf8")).toBe("A");
    expect(await deploy("d-2", { "app/a": "B" }, { to: join(links, "good", "app") })).toMatchObject({
      errorCode: 0,
      log: "",
    });
    plant(`ln -s ${victims} planted`);
    symlinkSync(at("planted"), join(links, "bad"));
    expect((await deploy("d-3", { "app/a": "" }, { to: join(links, "bad") })).message).toContain(
      `${at("planted")} is a symbolic link`,
    );
    expectSecretUntouched();
  });
});

describe.skipIf(!isRoot)(
  "as root (needs root, to be one user and another), a directory that is swapped for a link",
  () => {
    test("between two deployments: nothing behind it is removed, and the next one is installed", async () => {
      expect(await deploy("d-1", { "app/d/secret": "ours" })).toMatchObject({ errorCode: 0 });
      plant(`mv d elsewhere && ln -s ${victims} d`);
      const outcome = await deploy("d-2", { "app/d/secret": "ours again" });
      expect(outcome).toMatchObject({ errorCode: 0 });
      expect(outcome.log).toContain(
        `Files of the previous revision behind the symbolic link ${at("d")} were not removed`,
      );
      expectSecretUntouched();
      expect(lstatSync(at("d")).isDirectory()).toBe(true);
      expect(readFileSync(at("d/secret"), "utf8")).toBe("ours again");
    });

    test("between the look at it and the use of it: what is done happens in the directory that was looked at", () => {
      mkdirSync(at("d"));
      const folders = new Folders();
      const path = folders.at(at("d/secret"));
      plant(`mv d elsewhere && ln -s ${victims} d`);
      closeSync(openSync(path, "w"));
      expect(readdirSync(at("elsewhere"))).toEqual(["secret"]);
      expectSecretUntouched();
      folders.close();
      expect(() => new Folders().at(at("d/secret"))).toThrow(UntrustedLink);
    });

    test("that is moved in mid-walk takes no link of root's with it to where its .. leads then", () => {
      plant(`mkdir -p a/sub of-root`);
      mkdirSync(at("a/sub/tree/inner"), { recursive: true });
      symlinkSync("../../../of-root", at("a/sub/tree/link"));
      symlinkSync("../tree/inner", at("a/sub/tree/up"));
      symlinkSync("../inner", at("a/sub/tree/inner/within"));
      const folders = new Folders();
      folders.open(at("a/sub/tree"));
      plant("mv a/sub sub");
      expect(() => folders.at(at("a/sub/tree/link/secret"))).toThrow(
        `its .. leads out of a directory that the user ${LOCAL_USER.uid} can move`,
      );
      expect(() => folders.at(at("a/sub/tree/up/x"))).toThrow(UntrustedLink);
      folders.open(at("a/sub/tree/inner/within"));
      folders.close();
    });

    test("all the time while deployments run: whatever comes of them, root's files stay as they are", async () => {
      const files = Object.fromEntries(
        Array.from({ length: 60 }, (_, index) => [`app/d/secret${index || ""}`, "ours"]),
      );
      mkdirSync(at("d"));
      chownSync(at("d"), LOCAL_USER.uid, LOCAL_USER.gid);
      const swaps = `cd ${fixture.destination}; while :; do mv -T d e; ln -sT ${victims} d; rm -f d; mv -T e d; done`;
      const ids = ["--reuid", String(LOCAL_USER.uid), "--regid", String(LOCAL_USER.gid), "--clear-groups"];
      const swapper = spawn("setpriv", [...ids, "sh", "-c", swaps], { stdio: "ignore" });
      try {
        const more = `permissions:\n  - object: ${at("")}\n    mode: 777\n    type: [file, directory]\n`;
        for (let round = 0; round < 8; round += 1) {
          await deploy(`d-${round}`, files, { behavior: "OVERWRITE", more });
          expectSecretUntouched();
        }
      } finally {
        swapper.kill("SIGKILL");
        await new Promise((resolve) => swapper.once("close", resolve));
      }
    });

    test("and a file that is to get a mode is nobody else's before, whatever an access list of the directory gives to its group", () => {
      const source = join(fixture.destination, "..", "source");
      writeFileSync(source, "program");
      chmodSync(source, 0o2775);
      const reached = { permission: asksFor("4755"), identity: undefined };
      const folders = new Folders();
      const refusals = new Refusals(folders);
      const installed = new Installed(refusals);
      const copier = new FileCopier({
        folders,
        installed,
        temporaryOf: (path) => path,
        refusals,
      });
      const step = { type: "copy", source, stats: lstatSync(source), replaces: false } as const;
      copier.copy({ ...step, destination: at("a"), target: reached });
      copier.copy({ ...step, destination: at("b"), target: { permission: undefined, identity: undefined } });
      const mode = (name: string) => (lstatSync(at(name)).mode & 0o7777).toString(8);
      expect([mode("a"), mode("b")]).toEqual(["700", "2775"]);
      applyPermission(
        { type: "chmod", mode: "4755", file: at("a"), target: reached },
        { accounts: { users: new Map(), groups: new Map() }, folders, installed },
      );
      expect(mode("a")).toBe("4755");
      folders.close();
    });

    test("and a file that is swapped for a hard link gets neither mode nor owner", () => {
      const folders = new Folders();
      const installed = new Installed(new Refusals(folders));
      const descriptor = openSync(at("a"), "w");
      const reached = { file: at("a"), target: { permission: asksFor("644"), identity: undefined } };
      installed.note(reached.target, descriptor);
      closeSync(descriptor);
      closeSync(installed.open(reached, folders));
      rmSync(at("a"));
      linkSync(secret, at("a"));
      expect(() => installed.open(reached, folders)).toThrow(`${at("a")} was replaced while it was being installed`);
      folders.close();
    });
  },
);

test.skipIf(!isRoot)(
  "a tree that root made below a local user's directory is deployed again and again (needs root)",
  async () => {
    for (const id of ["d-1", "d-2", "d-3"]) {
      const outcome = await deploy(id, { "app/one/two/a": id, "app/one/b": id, "app/c": id }, { to: at("tree") });
      expect(outcome).toEqual({ errorCode: 0, scriptName: "", message: "Succeeded", log: "" });
      expect(readFileSync(at("tree/one/two/a"), "utf8")).toBe(id);
      expect(statSync(at("tree")).uid).toBe(0);
    }
  },
);

test.skipIf(!isRoot)(
  "as an ordinary user the agent follows its links as before (needs root, to become that user)",
  async () => {
    await fixture.close();
    fixture = await createHostFixture();
    const base = join(fixture.destination, "..");
    chownSync(base, LOCAL_USER.uid, LOCAL_USER.gid);
    chownSync(fixture.root, LOCAL_USER.uid, LOCAL_USER.gid);
    process.setegid!(LOCAL_USER.gid);
    process.seteuid!(LOCAL_USER.uid);
    try {
      mkdirSync(join(base, "real"));
      symlinkSync("real", fixture.destination);
      for (const id of ["d-1", "d-2"]) {
        expect(await deploy(id, { "app/sub/a": id, "app/b": id })).toMatchObject({ errorCode: 0, log: "" });
        expect(readFileSync(join(base, "real/sub/a"), "utf8")).toBe(id);
      }
      symlinkSync("nowhere", at("c"));
      expect((await deploy("d-3", { "app/c": "" })).message).toContain("already exists at this location");
      expect(existsSync(at("nowhere"))).toBe(false);
    } finally {
      process.seteuid!(0);
      process.setegid!(0);
    }
  },
);

test.skipIf(!isRoot)("removing a revision goes through no link that it holds (needs root)", async () => {
  const tree = join(victims, "..", "tree");
  mkdirSync(join(tree, "deep/er"), { recursive: true });
  writeFileSync(join(tree, "deep/er/file"), "");
  symlinkSync(victims, join(tree, "deep/link"));
  symlinkSync("nowhere", join(tree, "dangling"));
  await removeTree(tree);
  await removeTree(tree);
  expect(existsSync(tree)).toBe(false);
  expectSecretUntouched();
});
