import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { rawTar } from "@sluice/agent/host/archive/raw-archives.fixture.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { listedHosts } from "../installation/listed-hosts.fixture.ts";
import { type SluiceAgent, startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const COUNTED_CHANGES = join(import.meta.dirname, "../installation/counted-changes.ts");
/** SLUICE_LONG: the agent is killed before each of its changes, or before each SLUICE_KILL_EVERYth. Otherwise before some, at these shares of them. */
const SHARES = [0.55, 0.7];
const IS_LONG = process.env["SLUICE_LONG"] === "1";
const KILL_EVERY = Number(process.env["SLUICE_KILL_EVERY"] ?? 1);
const LONG_AGO = 1_000_000_000;
/** Directories that both revisions make. */
const REVISIONS: ReadonlySet<string> = new Set(["app/dir"]);

let server: SluiceServer;
let codeDeploy: CodeDeploy;
let agent: SluiceAgent;
let base: string;
let old: Revision;
let next: Revision;

/** Beside the tree that is looked at. */
const control = () => `${base}-control`;

/** A revision, and what the host has when it is installed. */
interface Revision {
  readonly location: RevisionLocation;
  readonly tree: Readonly<Record<string, string>>;
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "sluice-killed-"));
  chmodSync(base, 0o755);
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server);
  const environment = { NODE_OPTIONS: `--import=${COUNTED_CHANGES}`, CHANGES_CONTROL: control() };
  agent = await startSluiceAgent(server, { name: "killed", tags: ["Fleet=killed"], environment });
  await codeDeploy.createGroup({ group: "prod", fleet: "killed" });
  plantHost();
  old = await revision(["a", "dir/b", "dir/gone", "conf/one"], "old");
  next = await revision(["a", "dir/b", "new/c", "conf/two"], "next");
});
afterAll(async () => {
  codeDeploy?.close();
  await agent?.close();
  await server?.close();
  rmSync(base, { recursive: true, force: true });
});

/** What is the host's own: around the destination and in it, of which each revision replaces one file. */
function plantHost(): void {
  for (const directory of ["around", "around/deep", "app", "app/conf"]) mkdirSync(join(base, directory));
  for (const file of ["around/file", "around/deep/file", "app/own", "app/conf/one", "app/conf/two"]) {
    writeFileSync(join(base, file), `the host's ${file}`);
    chmodSync(join(base, file), 0o640);
    utimesSync(join(base, file), LONG_AGO, LONG_AGO);
  }
  symlinkSync("../around/file", join(base, "app/link"));
}

async function revision(names: readonly string[], content: string): Promise<Revision> {
  const rules = `permissions:\n  - object: ${base}/app\n    type: [file]\n    mode: 604\n`;
  const appSpec = `version: 0.0\nos: linux\nfiles:\n  - source: /app\n    destination: ${base}/app\n${rules}file_exists_behavior: OVERWRITE\nhooks:\n  AfterInstall:\n    - location: hook.sh\n      timeout: 60\n`;
  const entries = names.map((name) => ({ name: `app/${name}`, content }));
  const script = { name: "hook.sh", content: "#!/bin/sh\n", mode: 0o755 };
  const location = await codeDeploy.put(
    gzipSync(rawTar([{ name: "appspec.yml", content: appSpec }, script, ...entries])),
  );
  const installed = new Set(
    names.flatMap((name) =>
      [...name.split("/").keys()].map(
        (end) =>
          `app/${name
            .split("/")
            .slice(0, end + 1)
            .join("/")}`,
      ),
    ),
  );
  const tree = { ...look(base) };
  for (const path of installed) tree[path] = names.includes(path.slice("app/".length)) ? `604 ${content}` : "directory";
  return { location, tree };
}

/** Every path below a directory, with what it is. */
function look(directory: string, prefix = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const stats = lstatSync(path);
    if (stats.isDirectory())
      Object.assign(found, { [`${prefix}${name}`]: "directory" }, look(path, `${prefix}${name}/`));
    else if (stats.isSymbolicLink()) found[`${prefix}${name}`] = readlinkSync(path);
    else {
      const age = stats.mtimeMs === LONG_AGO * 1000 ? " of long ago" : "";
      found[`${prefix}${name}`] = `${(stats.mode & 0o7777).toString(8)} ${readFileSync(path, "utf8")}${age}`;
    }
  }
  return found;
}

/** On a busy machine the server may not have heard of the agent for long enough to deploy nothing to it. */
async function heard(): Promise<void> {
  await until("the host's heartbeat", async () => (await listedHosts(server))[0]?.state === "alive");
}

async function deploy({ location, tree }: Revision, where = ""): Promise<void> {
  await heard();
  const info = await codeDeploy.end(await codeDeploy.deploy("prod", location));
  expect(info.status, `${where} ${info.errorInformation?.message}`).toBe("Succeeded");
  expect(look(base), where).toEqual(tree);
}

let changes: (readonly string[])[] = [];

it("a deployment makes more than fifty changes on its host", async () => {
  await deploy(old);
  const file = join(base, "..", `${basename(base)}-changes`);
  writeFileSync(control(), file);
  await deploy(next);
  rmSync(control());
  const lines = readFileSync(file, "utf8").trim().split("\n");
  rmSync(file);
  changes = lines.map((line) => JSON.parse(line));
  expect(changes.length).toBeGreaterThan(50);
  await deploy(old);
});

/** What a power cut takes is what no flush came after. That a flush reaches the disk is the kernel's word, and not shown here. */
it("on the disk there is the journal before the first file, the originals before they are replaced, and the files before they are settled", () => {
  const first = (...wanted: readonly string[]) =>
    changes.findIndex((change) => wanted.every((part, at) => change[at]?.endsWith(part)));
  const last = (...wanted: readonly string[]) =>
    changes.findLastIndex((change) => wanted.every((part, at) => change[at]?.endsWith(part)));
  const isHosts = ([name, ...paths]: readonly string[]) =>
    name !== "fsync" && paths.some((path) => path?.startsWith(`${base}/app/`));
  const order = {
    "old files go": changes.findIndex(([name, path]) => name === "unlink" && path?.startsWith(`${base}/app/`)),
    "original kept": first("link", "/app/conf/two"),
    "list of originals flushed": first("fsync", "-replaced/list.unfinished"),
    "list of originals in place": first("rename", "-replaced/list.unfinished"),
    "its directory flushed": first("fsync", "-replaced"),
    "journal flushed": first("fsync", "-cleanup.unfinished"),
    "journal in place": first("rename", "-cleanup.unfinished"),
    "journal's directory flushed": changes.findIndex(
      ([name, path], at) =>
        name === "fsync" && path?.endsWith("/deployment-instructions") && at > first("rename", "-cleanup.unfinished"),
    ),
    "first change of the new revision": changes.findIndex(
      (change, at) => change[0] !== "link" && isHosts(change) && at > first("rename", "-cleanup.unfinished"),
    ),
    "last change of the new revision": changes.findLastIndex(isHosts),
    "everything flushed": last("run", "sync"),
    "journal without the old files": last("rename", "-cleanup.unfinished"),
    "originals forgotten": last("rename", "-replaced/list.unfinished"),
    "revision counts as installed": last("rename", "_last_successful_install.unfinished"),
  };
  const places = Object.entries(order);
  expect(places.filter(([, place]) => place < 0)).toEqual([]);
  expect(places.toSorted(([, one], [, other]) => one - other)).toEqual(places);
});

it("killed before any of them, it leaves a host that ends in a revision, or that the next deployment repairs", async () => {
  const points = IS_LONG
    ? changes.map((_, index) => index + 1).filter((point) => point % KILL_EVERY === 0)
    : SHARES.map((share) => Math.ceil(changes.length * share));
  const ended = { unkilled: 0, Succeeded: 0, Failed: 0 };
  for (const point of points) {
    const where = `killed before change ${point} of ${changes.length}: ${changes[point - 1]?.join(" ")}`;
    await heard();
    writeFileSync(control(), String(point));
    const deploymentId = await codeDeploy.deploy("prod", next.location);
    const isOver = async () => (await codeDeploy.deployment(deploymentId)).completeTime !== undefined;
    await until(where, async () => agent.exitedBy() === "SIGKILL" || (await isOver()));
    rmSync(control());
    if (agent.exitedBy() === "SIGKILL") agent.start();
    else ended.unkilled += 1;
    const { status } = await codeDeploy.end(deploymentId);
    const tree = look(base);
    if (status === "Succeeded") {
      expect(tree, where).toEqual(next.tree);
      ended.Succeeded += 1;
    } else {
      const foreign = Object.keys(old.tree).filter((path) => path in next.tree && old.tree[path] === next.tree[path]);
      for (const path of foreign)
        if (!REVISIONS.has(path)) expect(tree[path], `${where}: ${path}`).toBe(old.tree[path]);
      ended.Failed += 1;
    }
    await deploy(old, where);
    // What the repair kept, and what it forgot, shows in the next ones.
    await deploy(next, where);
    await deploy(old, where);
  }
  if (IS_LONG) console.log(`the agent was killed at ${points.length} points: ${JSON.stringify(ended)}`);
});
