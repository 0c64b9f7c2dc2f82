import { spawnSync } from "node:child_process";
import fs, { lstatSync, mkdirSync, readFileSync, readlinkSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHostFixture, type HostFixture, isRoot, specification, tgz } from "../host.fixture.ts";

let fixture: HostFixture;
const undo: (() => void)[] = [];
beforeEach(async () => {
  fixture = await createHostFixture();
  mkdirSync(fixture.destination);
});
afterEach(async () => {
  for (const one of undo.splice(0)) one();
  await fixture.close();
});

const at = (path: string) => join(fixture.destination, path);
const isBelow = (path: unknown) => {
  const [descriptor] = /^\/proc\/self\/fd\/\d+/.exec(String(path)) ?? [];
  return (descriptor ? readlinkSync(descriptor) : String(path)).startsWith(fixture.destination);
};

type Change = "fchownSync" | "fchmodSync" | "futimesSync" | "chownSync" | "chmodSync" | "utimesSync" | "copyFileSync";

/** What a file system at the destination says to a change: it is asked of every entry, by its descriptor or by a path to it. */
function refuse(code: string, ...changes: readonly Change[]): void {
  for (const name of changes) {
    const original = fs[name] as (...args: unknown[]) => unknown;
    const isRefused = (args: readonly unknown[]) => {
      if (name === "copyFileSync") return isBelow(args[1]);
      return isBelow(typeof args[0] === "number" ? `/proc/self/fd/${args[0]}` : args[0]);
    };
    const refusing = (...args: unknown[]) => {
      if (!isRefused(args)) return original(...args);
      throw Object.assign(new Error(`${code}: refused, ${name} '${String(args[0])}'`), { code, syscall: name });
    };
    Object.assign(fs, { [name]: refusing });
    undo.push(() => {
      Object.assign(fs, { [name]: original });
      syncBuiltinESMExports();
    });
  }
  syncBuiltinESMExports();
}

const LARGE = "x".repeat(1_500_000);
const OWNED = [
  { name: "app/tool", uid: 12_345, gid: 54_321, mode: 0o4755 },
  { name: "app/link", type: "2", linkName: "tool", uid: 12_345, gid: 54_321 },
];

async function deploy(more = "", changes: Parameters<HostFixture["run"]>[1] = {}) {
  const appSpec = `version: 0.0\nos: linux\nfiles:\n  - source: /app\n    destination: ${fixture.destination}\n${more}`;
  fixture.bundle = tgz({ "appspec.yml": appSpec, "app/a": "A", "app/sub/b": "B", "app/large": LARGE }, OWNED);
  expect(await fixture.run("DownloadBundle", changes)).toMatchObject({ errorCode: 0 });
  return fixture.run("Install", changes);
}

function expectContent(): void {
  expect([readFileSync(at("a"), "utf8"), readFileSync(at("sub/b"), "utf8")]).toEqual(["A", "B"]);
  expect(readFileSync(at("large"), "utf8") === LARGE).toBe(true);
  expect(readlinkSync(at("link"))).toBe("tool");
}

describe("a destination that refuses", () => {
  test.each(["EPERM", "EACCES", "EINVAL", "ENOTSUP", "ENOSYS"])(
    "owners (%s): installed with a warning, told once",
    async (code) => {
      refuse(code, "fchownSync", "chownSync");
      const outcome = await deploy();
      if (!isRoot) return expect(outcome.message).toBe("Succeeded");
      expect(outcome.errorCode).toBe(0);
      expect(outcome.message).toMatch(
        /^Succeeded, with a warning: The file system at .* does not let the agent set the owner and group/,
      );
      expect(outcome.log.match(new RegExp(code, "g"))).toHaveLength(1);
      expect(fixture.text()).toContain(`(${code}, first at ${fixture.destination}`);
      expectContent();
      expect(lstatSync(at("tool")).mode & 0o7777, "the rights of whoever has it instead are lent to nobody").toBe(
        0o755,
      );
    },
  );

  test.each(["OVERWRITE", "RETAIN"])("owners, modes and times under %s: three warnings", async (behavior) => {
    const changes = { AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: behavior } } };
    fs.writeFileSync(at("a"), "A");
    refuse("EPERM", "fchownSync", "chownSync", "fchmodSync", "chmodSync", "futimesSync", "utimesSync", "copyFileSync");
    const outcome = await deploy("", changes);
    expect(outcome.errorCode).toBe(0);
    const notes = [...(isRoot ? ["owner and group"] : []), "mode", "times"];
    expect(outcome.log.trim().split("\n")).toHaveLength(notes.length);
    for (const note of notes) expect(outcome.log).toContain(`does not let the agent set the ${note} of files`);
    expectContent();
  });

  test("what is no refusal still fails", async () => {
    refuse("EIO", "futimesSync");
    expect(await deploy()).toMatchObject({ errorCode: 5, message: expect.stringContaining("EIO") });
  });

  test.each([
    ["owner: nobody", "the owner nobody"],
    ["group: nogroup", "the group nogroup"],
    ['mode: "640"', "the mode 640"],
  ])("what the permissions section asks for (%s): a failure that says what to do", async (setting, words) => {
    refuse("EPERM", "chownSync", "chmodSync");
    const outcome = await deploy(`permissions:\n  - object: ${fixture.destination}\n    ${setting}\n`);
    expect(outcome.errorCode).toBe(5);
    if (!isRoot) return expect(outcome.message).toMatch(/Run the agent as root/);
    expect(outcome.message).toMatch(
      new RegExp(`does not let the agent, which runs as root, set ${words}, as required by the permissions`),
    );
    expect(outcome.message).toMatch(/no_root_squash.*uid=/);
  });

  test("nothing where the permissions section asks for what is so already", async ({ skip }) => {
    skip(!isRoot, "needs root");
    refuse("EPERM", "chownSync", "chmodSync");
    const outcome = await deploy(`permissions:\n  - object: ${at("a")}\n    owner: root\n    group: root\n`);
    expect(outcome.errorCode).toBe(0);
  });
});

test("in a user namespace that has no such owner, the kernel's own refusal is a warning", async ({ skip }) => {
  skip(!isRoot, "needs root");
  skip(spawnSync("unshare", ["--user", "--map-root-user", "true"]).status !== 0, "this machine has no user namespaces");
  await deploy();
  const command = { commandName: "Install", specification: specification({}), bundleUrl: undefined };
  const program = `
    const { createHost } = await import(${JSON.stringify(fileURLToPath(new URL("../host.ts", import.meta.url)))});
    const host = createHost({ directory: ${JSON.stringify(fixture.root)} });
    console.log(JSON.stringify(await host.run(${JSON.stringify(command)}, { write() {} }, new AbortController().signal)));
  `;
  const argv = ["--user", "--map-root-user", process.execPath, "--input-type=module", "-e", program];
  const outcome = JSON.parse(spawnSync("unshare", argv, { encoding: "utf8" }).stdout);
  expect(outcome).toMatchObject({ errorCode: 0, log: expect.stringContaining("EINVAL") });
  expectContent();
  expect(lstatSync(at("tool"))).toMatchObject({ uid: 0 });
});
