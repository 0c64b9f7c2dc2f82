import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHostFixture, type HostFixture, isRoot, tgz } from "../host.fixture.ts";
import type { CommandOutcome } from "../lifecycle-command.ts";
import { asLocalUser, LOCAL_USER, startNodeAsLocalUser } from "../local-user.fixture.ts";

const ENTRIES = 150;
const ROUNDS = 2;
/** Copied on another thread, and long enough for somebody else to make the entries that come next. */
const LARGE_BYTES = 8 * 1024 * 1024;

/** A host whose destination belongs to a local user, who puts an entry of its own in the place of each that root makes there. */
let fixture: HostFixture;
let swapper: ChildProcess | undefined;
let swapperClosed: Promise<unknown> | undefined;

beforeEach(async () => {
  fixture = await createHostFixture();
  mkdirSync(fixture.destination);
  chownSync(fixture.destination, LOCAL_USER.uid, LOCAL_USER.gid);
});
afterEach(async () => {
  await stopSwapping();
  await fixture.close();
});

/** Runs `swap(name)` for each entry of root's as soon as it is there, in the order in which root makes them. */
async function swapAll(prepare: string, swap: string): Promise<void> {
  const program = `
    const fs = require("node:fs");
    process.chdir(${JSON.stringify(fixture.destination)});
    const names = Array.from({ length: ${ENTRIES} }, (_, index) => "e" + index).sort();
    const isThere = (name) => fs.lstatSync(name, { throwIfNoEntry: false })?.uid === 0;
    let made = 0;
    console.log("ready");
    ${prepare}
    for (;;) for (const [index, name] of names.entries()) {
      const next = names[index + 1];
      while (!isThere(name) && !(next && isThere(next)));
      try { ${swap}; made += 1; } catch {}
    }`;
  await startSwapping(program);
}

/** Starts a program of the local user's, and waits for its first word. */
async function startSwapping(program: string): Promise<void> {
  swapper = startNodeAsLocalUser(program);
  swapperClosed = once(swapper, "close");
  await once(swapper.stdout!, "data");
}

async function stopSwapping(): Promise<void> {
  swapper?.kill("SIGKILL");
  await swapperClosed;
  swapper = undefined;
}

/** Deploys what `entries` names `e0`, `e1` and so on, each time anew; only root's files matter, whatever comes of the deployments. */
async function deployRounds(entry: (name: string) => Parameters<typeof tgz>[1] & {}, more = ""): Promise<void> {
  const names = Array.from({ length: ENTRIES }, (_, index) => `app/e${index}`);
  const appSpec = `version: 0.0\nos: linux\nfiles:\n  - source: /app\n    destination: ${fixture.destination}\n${more}`;
  fixture.bundle = tgz({ "appspec.yml": appSpec }, names.flatMap(entry));
  for (let round = 0; round < ROUNDS; round += 1) {
    const changes = {
      DeploymentId: `d-${round}`,
      AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: "OVERWRITE" } },
    };
    const downloaded: CommandOutcome = await fixture.run("DownloadBundle", changes);
    expect(downloaded).toMatchObject({ errorCode: 0 });
    await fixture.run("Install", changes);
  }
  await stopSwapping();
}

const entriesOfRoot = () =>
  readdirSync(fixture.destination).filter((name) => lstatSync(join(fixture.destination, name)).uid === 0);

describe.skipIf(!isRoot)(
  "as root (needs root, to be one user and another), what a local user swaps while root installs",
  () => {
    test("a link of its own never becomes root's", async () => {
      await swapAll(
        `for (let i = 0; i < ${ROUNDS * ENTRIES * 2}; i += 1) fs.symlinkSync("/etc", "own" + i);`,
        `fs.renameSync("own" + made, name)`,
      );
      await deployRounds((name) => [{ name, type: "2", linkName: "plain" }]);
      const targets = entriesOfRoot().map((name) => readlinkSync(join(fixture.destination, name)));
      expect(targets.filter((target) => target !== "plain")).toEqual([]);
    });

    test("a directory of its own never becomes root's, nor one that it made first", async () => {
      // While root copies the large file, the directories that root is to make next are not there yet.
      await swapAll(
        `while (!isThere("a/large"));
      for (const name of names) try { fs.mkdirSync(name); fs.writeFileSync(name + "/own", ""); } catch {}`,
        `fs.mkdirSync("own" + made);
      fs.writeFileSync("own" + made + "/own", "");
      fs.renameSync(name, "old" + made);
      fs.renameSync("own" + made, name)`,
      );
      const more = `permissions:\n  - object: ${fixture.destination}\n    mode: 755\n    owner: root\n    type: [directory]\n`;
      const large = { name: "app/a/large", content: Buffer.alloc(LARGE_BYTES) };
      await deployRounds((name) => [...(name === "app/e0" ? [large] : []), { name: `${name}/`, type: "5" }], more);
      const filled = entriesOfRoot().filter((name) => readdirSync(join(fixture.destination, name)).includes("own"));
      expect(filled).toEqual([]);
    });

    test("a file of its own that gets the number of root's never becomes root's", async () => {
      await swapAll("", `fs.unlinkSync(name); fs.writeFileSync(name, "own");`);
      const more = `permissions:\n  - object: ${fixture.destination}\n    mode: 4755\n    owner: root\n    type: [file]\n`;
      await deployRounds((name) => [{ name, content: "root's" }], more);
      const contents = entriesOfRoot().map((name) => readFileSync(join(fixture.destination, name), "utf8"));
      expect(contents.filter((content) => content !== "root's")).toEqual([]);
    });

    /** One deployment, while `program` runs as the local user in the destination. Large files give it the time that it needs. */
    async function deployBeside(program: string, permissions: string, entries: Parameters<typeof tgz>[1]) {
      const appSpec = `version: 0.0\nos: linux\nfiles:\n  - source: /app\n    destination: ${fixture.destination}\npermissions:\n${permissions}`;
      fixture.bundle = tgz({ "appspec.yml": appSpec }, entries);
      const prepare = `const fs = require("node:fs"); process.chdir(${JSON.stringify(fixture.destination)});
        const until = (name) => { while (!fs.existsSync(name)); };`;
      await startSwapping(`${prepare} console.log("ready"); ${program}`);
      expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
      const outcome = await fixture.run("Install");
      await stopSwapping();
      return outcome;
    }
    const large = (name: string) => ({ name, content: Buffer.alloc(LARGE_BYTES) });

    test("a directory that root made before gets no mode in the place of a new one", async () => {
      const vault = join(fixture.destination, "vault");
      mkdirSync(vault, { mode: 0o700 });
      writeFileSync(join(vault, "secret"), "root's", { mode: 0o644 });
      const outcome = await deployBeside(
        `until("a/large"); fs.renameSync("vault", "new");`,
        `  - object: ${fixture.destination}\n    mode: 755\n    type: [directory]\n`,
        [large("app/a/large"), { name: "app/new/", type: "5" }],
      );
      // On a busy machine the local user may come when all is done.
      if (outcome.errorCode !== 0)
        expect(outcome.message).toContain(`${join(fixture.destination, "new")} was replaced`);
      expect(asLocalUser(`cat ${join(fixture.destination, "new/secret")}`).exitCode).not.toBe(0);
    });

    test("a secret file that gets the number of a public one is not made public", async () => {
      await deployBeside(
        `until("b-large"); fs.unlinkSync("a-public"); until("d-large"); fs.renameSync("c-secret", "a-public");`,
        `  - object: ${fixture.destination}/a-public\n    mode: 644\n    owner: nobody\n    type: [file]\n`,
        [
          { name: "app/a-public", content: "public" },
          large("app/b-large"),
          { name: "app/c-secret", content: "secret", mode: 0o600 },
          ...["d", "e", "f", "g"].map((name) => large(`app/${name}-large`)),
        ],
      );
      expect(asLocalUser(`cat ${fixture.destination}/a-public`).output).not.toContain("secret");
    });
  },
);
