import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { appSpec, createHostFixture, type HostFixture, isRoot, specification, tgz } from "../host.fixture.ts";
import { layoutOf } from "../layout.ts";
import { asLocalUser, LOCAL_USER, startAsLocalUser } from "../local-user.fixture.ts";
import { type RawTarEntry, rawTar, rawZip } from "./raw-archives.fixture.ts";

const GZIP = { RevisionType: "S3", S3Revision: { Bucket: "b", Key: "k", BundleType: "tgz" } } as const;
const TAR = { RevisionType: "S3", S3Revision: { Bucket: "b", Key: "k", BundleType: "tar" } } as const;
const ZIP = { RevisionType: "S3", S3Revision: { Bucket: "b", Key: "k", BundleType: "zip" } } as const;
const NOBODY = { uid: 65_534, gid: 65_534, userName: "nobody" };
/** Every Linux has it, and no other user has its group. */
const DAEMON = { uid: 1, gid: 1, userName: "daemon" };

let fixture: HostFixture;
beforeEach(async () => {
  fixture = await createHostFixture();
});
afterEach(() => fixture.close());

const layout = () => layoutOf(fixture.root, specification());
const archived = (path: string) => lstatSync(join(layout().archiveDirectory, path));
const installed = (path: string) => lstatSync(join(fixture.destination, path));
const access = ({ uid, gid, mode }: ReturnType<typeof lstatSync> & {}) => [
  uid,
  gid,
  (Number(mode) & 0o7777).toString(8),
];

/** What the agent's user may not be the only one to change. */
function writableByOthers(): string[] {
  const { archiveDirectory } = layout();
  return ["", ...readdirSync(archiveDirectory, { recursive: true }).map(String)].filter((path) => {
    const { uid, mode } = lstatSync(join(archiveDirectory, path));
    const isLink = (mode & 0o170000) === 0o120000;
    return uid !== process.geteuid!() || (!isLink && (mode & 0o7022) !== 0);
  });
}

const HOOK = '#!/bin/sh\necho "as $(id -u)"\n';
const spec = () => appSpec(fixture.destination, { hooks: { ApplicationStart: ["scripts/start"] } });

describe("an archive whose files the bundle gives to another user", () => {
  const owned = (entries: readonly RawTarEntry[]): readonly RawTarEntry[] =>
    entries.map((entry) => ({ ...LOCAL_USER, mode: 0o777, ...entry }));
  const bundles = {
    tar: () => ({
      Revision: TAR,
      bundle: rawTar(
        owned([
          { name: "appspec.yml", content: spec() },
          { name: "scripts/", type: "5" },
          { name: "scripts/start", content: HOOK },
          { name: "app/file", content: "file" },
        ]),
      ),
    }),
    "tar with one directory at its top": () => ({
      Revision: TAR,
      bundle: rawTar(
        owned([
          { name: "shop/", type: "5" },
          { name: "shop/appspec.yml", content: spec() },
          { name: "shop/scripts/start", content: HOOK },
          { name: "shop/app/file", content: "file" },
        ]),
      ),
    }),
    zip: () => ({
      Revision: ZIP,
      bundle: rawZip([
        { name: "appspec.yml", content: spec(), unixMode: 0o100777 },
        { name: "scripts/", unixMode: 0o40777 },
        { name: "scripts/start", content: HOOK, unixMode: 0o100777 },
        { name: "app/file", content: "file", unixMode: 0o100777 },
      ]),
    }),
  };

  for (const [kind, make] of Object.entries(bundles)) {
    test(`${kind}: that user cannot change a script that root runs later`, async ({ skip }) => {
      skip(!isRoot, "needs root, to become another user");
      const { bundle, Revision } = make();
      fixture.bundle = bundle;
      expect(await fixture.run("DownloadBundle", { Revision })).toMatchObject({ errorCode: 0 });
      const { archiveDirectory } = layout();
      const proof = join(fixture.root, "proof");
      const payload = `printf '#!/bin/sh\\nid -u > ${proof}\\n'`;
      asLocalUser(
        `cd ${archiveDirectory}/scripts && { ${payload} > start; rm -f start; ${payload} > start; chmod 755 start; }`,
      );
      asLocalUser(
        `cd ${archiveDirectory} && mv scripts old && mkdir scripts && ${payload} > scripts/start && chmod 755 scripts/start`,
      );
      expect(await fixture.run("ApplicationStart", { Revision })).toMatchObject({ errorCode: 0 });
      expect(existsSync(proof), "root ran what the other user wrote").toBe(false);
      expect(fixture.text()).toContain("as 0");
      expect(writableByOthers()).toEqual([]);
    });
  }

  test("no umask leaves it open, not even while it is unpacked", async () => {
    const before = process.umask(0);
    try {
      const { bundle, Revision } = bundles.tar();
      fixture.bundle = bundle;
      expect(await fixture.run("DownloadBundle", { Revision })).toMatchObject({ errorCode: 0 });
      expect(writableByOthers()).toEqual([]);
    } finally {
      process.umask(before);
    }
  });
});

describe("what files installs", () => {
  test("has the owners and modes that the bundle gives, by way of links inside it, too", async ({ skip }) => {
    skip(!isRoot, "needs root, to give files away");
    const entries: readonly RawTarEntry[] = [
      { name: "app/shared", content: "s", mode: 0o666, ...LOCAL_USER },
      { name: "app/again", type: "1", linkName: "app/shared" },
      { name: "app/suid", content: "s", mode: 0o4755, uid: 12_345 },
      { name: "app/known", content: "s", uid: 12_345, gid: 54_321, userName: "nobody" },
      { name: "app/plain", content: "s" },
      { name: "app/link", type: "2", linkName: "plain", ...LOCAL_USER },
      { name: "real/inside", content: "s", mode: 0o1770, ...LOCAL_USER },
      { name: "app/directory", type: "2", linkName: "../real" },
    ];
    const outcome = await fixture.deploy("d-AAAAAAAA1", tgz({ "appspec.yml": appSpec(fixture.destination) }, entries), {
      Revision: GZIP,
    });
    expect(outcome).toMatchObject({ errorCode: 0 });
    expect(access(installed("shared"))).toEqual([12_345, 54_321, "666"]);
    expect(access(installed("again"))).toEqual([12_345, 54_321, "666"]);
    expect(access(installed("suid"))).toEqual([12_345, 0, "4755"]);
    expect(access(installed("known"))).toEqual([NOBODY.uid, 54_321, "644"]);
    expect(access(installed("plain"))).toEqual([0, 0, "644"]);
    expect(access(installed("link"))).toEqual([12_345, 54_321, "777"]);
    expect(access(installed("directory/inside"))).toEqual([12_345, 54_321, "1770"]);
    expect(writableByOthers()).toEqual([]);
  });

  test("has the modes of a zip, as an ordinary user, too", async () => {
    fixture.bundle = rawZip([
      { name: "shop/appspec.yml", content: appSpec(fixture.destination), unixMode: 0o100644 },
      { name: "shop/app/shared", content: "s", unixMode: 0o100666 },
      { name: "shop/app/own", content: "s", unixMode: 0o100600 },
    ]);
    for (const event of ["DownloadBundle", "Install"]) {
      expect(await fixture.run(event, { Revision: ZIP })).toMatchObject({ errorCode: 0 });
    }
    expect((installed("shared").mode & 0o7777).toString(8)).toBe("666");
    expect((installed("own").mode & 0o7777).toString(8)).toBe("600");
    expect((archived("app/shared").mode & 0o7777).toString(8)).toBe("644");
  });

  test("is what an Install of a later agent process finds, too", async ({ skip }) => {
    skip(!isRoot, "needs root, to give files away");
    const entries = [{ name: "app/shared", content: "s", mode: 0o666, ...LOCAL_USER }];
    fixture.bundle = tgz({ "appspec.yml": appSpec(fixture.destination) }, entries);
    await fixture.run("DownloadBundle");
    expect(JSON.parse(readFileSync(layout().recordedAttributesFile, "utf8"))).toEqual({
      "app/shared": { mode: 0o666, owner: LOCAL_USER },
    });
    // The same deployment again, with a bundle that records nothing: what was recorded is gone.
    fixture.bundle = tgz({ "appspec.yml": appSpec(fixture.destination), "app/shared": "s" });
    await fixture.run("DownloadBundle", { Revision: { ...GZIP, S3Revision: { ...GZIP.S3Revision, Key: "other" } } });
    expect(readFileSync(layout().recordedAttributesFile, "utf8")).toBe("{}");
  });
});

describe("a script with runas", () => {
  async function runAs(user: typeof NOBODY, mode: number): Promise<string> {
    const hooks = `hooks:\n  ApplicationStart:\n    - location: scripts/start\n      timeout: 60\n      runas: ${user.userName}\n`;
    fixture.bundle = tgz({ "appspec.yml": `version: 0.0\nos: linux\n${hooks}` }, [
      { name: "scripts/", type: "5", ...user, mode: mode & 0o777 },
      { name: "scripts/start", content: `${HOOK}cat scripts/data\n`, ...user, mode },
      { name: "scripts/data", content: "data", ...user, mode: mode & 0o666 },
    ]);
    await fixture.run("DownloadBundle");
    const outcome = await fixture.run("ApplicationStart");
    return `${outcome.message}: ${fixture.text()}`;
  }

  test("runs and reads what the bundle lets everybody read", async ({ skip }) => {
    skip(!isRoot, "needs root, to become another user");
    expect(await runAs(NOBODY, 0o755)).toBe(`Succeeded: as ${NOBODY.uid}\ndata`);
  });

  test("runs and reads what the bundle gives to that user alone, and nobody else does", async ({ skip }) => {
    skip(!isRoot, "needs root, to become another user");
    expect(await runAs(DAEMON, 0o700)).toBe(`Succeeded: as ${DAEMON.uid}\ndata`);
    const { archiveDirectory } = layout();
    expect(asLocalUser(`cat ${archiveDirectory}/scripts/data`).exitCode).not.toBe(0);
    expect(access(archived("scripts/start"))).toEqual([0, DAEMON.gid, "750"]);
    expect(asLocalUser(`echo x >> ${archiveDirectory}/scripts/start`, DAEMON).exitCode).not.toBe(0);
  });
});

describe("the directories on the way to an archive", () => {
  const onTheWay = () => {
    const { groupDirectory, deploymentDirectory, archiveDirectory, instructionsDirectory, scriptsLogFile } = layout();
    return [
      fixture.root,
      groupDirectory,
      deploymentDirectory,
      archiveDirectory,
      instructionsDirectory,
      join(scriptsLogFile, ".."),
    ];
  };
  const modes = () => onTheWay().map((directory) => (lstatSync(directory).mode & 0o7777).toString(8));
  const bundle = () => tgz({ "appspec.yml": spec(), "scripts/start": HOOK, "app/a": "a" });

  for (const umask of [0, 0o027, 0o077]) {
    test(`may be passed by everybody and written by nobody else, under umask ${umask.toString(8)}`, async () => {
      await fixture.close();
      const before = process.umask(umask);
      try {
        fixture = await createHostFixture();
        expect(await fixture.deploy("d-AAAAAAAA1", bundle())).toMatchObject({ errorCode: 0 });
        expect(modes()).toEqual(onTheWay().map(() => "755"));
        expect(writableByOthers()).toEqual([]);
      } finally {
        process.umask(before);
      }
    });
  }

  test("lose the write bits that an earlier agent or somebody else left there", async () => {
    expect(await fixture.deploy("d-AAAAAAAA1", bundle())).toMatchObject({ errorCode: 0 });
    for (const directory of onTheWay()) chmodSync(directory, 0o777);
    fixture.host.close();
    fixture.host.sweepOnStart();
    expect(await fixture.deploy("d-AAAAAAAA1", bundle())).toMatchObject({ message: "Succeeded" });
    expect(modes()).toEqual(onTheWay().map(() => "755"));
  });
});

describe.skipIf(!isRoot)("an archive that another agent left (needs root, to give files away)", () => {
  async function leaveForeignArchive(): Promise<void> {
    fixture.bundle = tgz({ "appspec.yml": spec(), "scripts/start": HOOK, "app/a": "a", "app/b": "b" });
    await fixture.run("DownloadBundle");
    const { archiveDirectory, recordedAttributesFile } = layout();
    rmSync(recordedAttributesFile);
    symlinkSync("a", join(archiveDirectory, "app/link"));
    for (const path of ["scripts", "scripts/start", "app/a", "app/link", ""]) {
      lchownSync(join(archiveDirectory, path), LOCAL_USER.uid, LOCAL_USER.gid);
      if (path !== "app/link") chmodSync(join(archiveDirectory, path), 0o777);
    }
  }

  test("is the agent's user's before a script of it runs, and nothing outside is touched by its links", async () => {
    await leaveForeignArchive();
    const outside = join(fixture.root, "outside");
    writeFileSync(outside, "", { mode: 0o666 });
    chmodSync(outside, 0o666);
    asLocalUser(`ln -s ${outside} ${layout().archiveDirectory}/scripts/link`);
    expect(await fixture.run("ApplicationStart")).toMatchObject({ errorCode: 0 });
    expect(writableByOthers()).toEqual([]);
    expect(lstatSync(outside).mode & 0o777).toBe(0o666);
  });

  test("is installed with the owners and modes that it had", async () => {
    await leaveForeignArchive();
    expect(await fixture.run("Install")).toMatchObject({ errorCode: 0 });
    expect(access(installed("a"))).toEqual([12_345, 54_321, "777"]);
    expect(access(installed("b"))).toEqual([0, 0, "644"]);
    expect(installed("link").uid).toBe(LOCAL_USER.uid);
    expect(writableByOthers()).toEqual([]);
  });

  test("may have names that are not UTF-8: they stay two files, its scripts run, and only Install refuses them", async () => {
    await leaveForeignArchive();
    const named = (name: string) =>
      Buffer.concat([Buffer.from(`${layout().archiveDirectory}/app/`), Buffer.from(name, "latin1")]);
    for (const name of ["caf\xe9", "caf\xe8"]) {
      writeFileSync(named(name), name);
      lchownSync(named(name), LOCAL_USER.uid, LOCAL_USER.gid);
    }
    expect(await fixture.run("ApplicationStart")).toMatchObject({ errorCode: 0 });
    for (const name of ["caf\xe9", "caf\xe8"]) {
      expect(readFileSync(named(name), "utf8")).toBe(name);
      expect(lstatSync(named(name)).uid).toBe(0);
    }
    expect((await fixture.run("Install")).message).toContain("is not UTF-8, so it cannot be installed");
  });

  test("is not taken for the agent's by a record that its former owner wrote", async () => {
    await leaveForeignArchive();
    writeFileSync(layout().recordedAttributesFile, "{}");
    lchownSync(layout().recordedAttributesFile, LOCAL_USER.uid, LOCAL_USER.gid);
    expect(await fixture.run("ApplicationStart")).toMatchObject({ errorCode: 0 });
    expect(writableByOthers()).toEqual([]);
  });

  test("shares nothing with what its former owner linked to it, from it, or holds open", async () => {
    await leaveForeignArchive();
    const { archiveDirectory } = layout();
    const outside = join(fixture.root, "outside");
    mkdirSync(outside);
    const files = { program: 0o4755, log: 0o664, foreign: 0o600 };
    for (const [name, mode] of Object.entries(files)) {
      writeFileSync(join(outside, name), name);
      if (name === "foreign") lchownSync(join(outside, name), NOBODY.uid, NOBODY.gid);
      chmodSync(join(outside, name), mode);
      linkSync(join(outside, name), join(archiveDirectory, "app", name));
    }
    linkSync(join(archiveDirectory, "app/link"), join(outside, "link"));
    linkSync(join(archiveDirectory, "app/a"), join(outside, "a"));
    const held = openSync(join(archiveDirectory, "scripts/start"), "a");
    const before = readdirSync(outside).map((name) => [name, access(lstatSync(join(outside, name)))]);
    expect(await fixture.run("ApplicationStart")).toMatchObject({ errorCode: 0 });
    writeSync(held, "echo changed\n");
    closeSync(held);
    expect(readdirSync(outside).map((name) => [name, access(lstatSync(join(outside, name)))])).toEqual(before);
    expect(writableByOthers()).toEqual([]);
    expect(archived("app/program").mode & 0o7777).toBe(0o755);
    expect(readFileSync(join(archiveDirectory, "app/foreign"), "utf8")).toBe("foreign");
    expect(readFileSync(join(archiveDirectory, "scripts/start"), "utf8")).toBe(HOOK);
    expect(readlinkSync(join(archiveDirectory, "app/link"))).toBe("a");
  });

  test("does not stop the agent by a pipe, or something endless, in the place of its AppSpec", async () => {
    await leaveForeignArchive();
    const appSpecFile = join(layout().archiveDirectory, "appspec.yml");
    rmSync(appSpecFile);
    // Lets go of an agent that waits for it, so that this test ends then, too.
    const writer = startAsLocalUser(`mkfifo ${appSpecFile}; echo made; sleep 5; echo "version: 1" > ${appSpecFile}`);
    await once(writer.stdout!, "data");
    try {
      expect(await fixture.run("ApplicationStart")).toMatchObject({
        errorCode: 5,
        message: `The AppSpec file ${appSpecFile} is not a file. Replace it with a regular file, and then try again.`,
      });
    } finally {
      writer.kill("SIGKILL");
    }
    expect(
      asLocalUser(`cd ${layout().archiveDirectory} && rm appspec.yml && truncate -s 3G appspec.yml`).exitCode,
    ).toBe(0);
    expect((await fixture.run("ApplicationStart")).message).toContain(
      "has 3221225472 bytes, more than the limit of 1048576",
    );
  });

  const inPlaceOfAppSpec: Readonly<Record<string, readonly [command: string, problem: string]>> = {
    "a socket": [
      `perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un("appspec.yml")) or die'`,
      "is not a file",
    ],
    "a link to a device": ["ln -s /dev/zero appspec.yml", "is not a file"],
    "a link to a pipe": ["mkfifo pipe && ln -s pipe appspec.yml", "is not a file"],
    "a link that leads out of the archive": [
      "ln -s /etc/passwd appspec.yml",
      "is a link that leads out of the revision",
    ],
  };
  for (const [what, [command, problem]] of Object.entries(inPlaceOfAppSpec)) {
    test(`reads nothing of ${what} in the place of its AppSpec`, async () => {
      await leaveForeignArchive();
      const { archiveDirectory } = layout();
      expect(asLocalUser(`cd ${archiveDirectory} && rm appspec.yml && ${command}`)).toEqual({
        exitCode: 0,
        output: "",
      });
      expect(await fixture.run("ApplicationStart")).toMatchObject({
        errorCode: 5,
        message: `The AppSpec file ${archiveDirectory}/appspec.yml ${problem}. Replace it with a regular file, and then try again.`,
      });
    });
  }

  test("does not keep the agent waiting by files that a program holds a lease on", async () => {
    await leaveForeignArchive();
    const { archiveDirectory } = layout();
    const hold = 'for (@ARGV) { open(my $file, "+<", $_) or die; fcntl($file, 1024, 1) or die; push @held, $file }';
    const holder = startAsLocalUser(
      `cd ${archiveDirectory} && for i in 1 2 3; do echo x > held$i; done && ` +
        `exec perl -e '$| = 1; $SIG{IO} = "IGNORE"; ${hold} print "held"; sleep 600' held1 held2 held3`,
    );
    const ended = once(holder, "exit");
    try {
      expect(String(await once(holder.stdout!, "data"))).toBe("held");
      expect(await fixture.run("ApplicationStart")).toMatchObject({ errorCode: 0 });
    } finally {
      holder.kill("SIGKILL");
    }
    await ended;
    expect(readdirSync(archiveDirectory).filter((name) => name.startsWith("held"))).toEqual([]);
  });

  test("has one copy of a file with many names", async () => {
    await leaveForeignArchive();
    const { archiveDirectory } = layout();
    asLocalUser(`cd ${archiveDirectory} && echo x > n0 && for i in 1 2 3; do ln n0 scripts/n$i; done`);
    expect(await fixture.run("ApplicationStart")).toMatchObject({ errorCode: 0 });
    const names = ["n0", "scripts/n1", "scripts/n2", "scripts/n3"].map(archived);
    expect(names.map(({ ino, nlink, uid }) => [ino, nlink, uid])).toEqual(names.map(() => [names[0]!.ino, 4, 0]));
    expect(writableByOthers()).toEqual([]);
  });

  test("is not installed with a pipe of root's in it, which would stop the agent", async () => {
    await leaveForeignArchive();
    const pipe = join(layout().archiveDirectory, "app/pipe");
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    expect((await fixture.run("Install")).message).toContain(`${pipe} is a pipe, a socket or a device`);
  });

  test("fills no disk by a file of holes", async () => {
    await leaveForeignArchive();
    const { archiveDirectory } = layout();
    asLocalUser(`cd ${archiveDirectory} && truncate -s 64M holes && head -c 20000000 /dev/zero | tr '\\0' x > full`);
    expect(await fixture.run("ApplicationStart")).toMatchObject({ errorCode: 0 });
    expect(readdirSync(archiveDirectory)).not.toContain("holes");
    expect(archived("full")).toMatchObject({ uid: 0, size: 20_000_000 });
    expect(writableByOthers()).toEqual([]);
  });

  test("is refused when it is too deep to be looked at, and can be removed", async () => {
    await leaveForeignArchive();
    const { archiveDirectory } = layout();
    asLocalUser(`cd ${archiveDirectory} && i=0; while [ $i -lt 300 ]; do mkdir d && cd d; i=$((i+1)); done`);
    expect((await fixture.run("ApplicationStart")).message).toContain("has directories more than 256 levels deep");
    expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
    expect(writableByOthers()).toEqual([]);
  });
});
