import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ARCHIVE_LIMITS } from "@sluice/agent/host/archive/archive-limits.ts";
import { readRecordedEntries } from "@sluice/agent/host/archive/recorded-attributes.ts";
import { unpackBundle } from "@sluice/agent/host/archive/unpack-bundle.ts";
import { EventFailure } from "@sluice/agent/host/event-failure.ts";
import { specification } from "@sluice/agent/host/host.fixture.ts";
import { layoutOf } from "@sluice/agent/host/layout.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ARCHIVES, type Archive, TOOLS } from "./archive-table.fixture.ts";
import { type Tree, type TreeEntry, treeBelow } from "./archive-tree.fixture.ts";

/** The agent takes these bits from what lies in its archive, and gives directories to itself. */
const WITHHELD_FROM_DIRECTORIES = 0o7022;
/** Of the fixtures; a directory that no entry names has the time of its making. */
const NEWEST_FIXTURE_SECONDS = Date.UTC(2024) / 1000;

const isRoot = process.geteuid?.() === 0;
let base: string;
let missing: ReadonlySet<string>;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "sluice-archives-"));
  for (const directory of ["trees", "made", "agents", "peers"]) mkdirSync(join(base, directory));
  missing = new Set(Object.keys(TOOLS).filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0));
  const trees = await shell(`. ${join(import.meta.dirname, "trees.sh")}`, join(base, "trees"));
  expect(trees.status, trees.output).toBe(0);
  if (missing.has("python3")) return;
  const script = join(import.meta.dirname, "make-archives.py");
  const made = await shell(`python3 ${script} ${base}/made ${base}/trees`, base);
  expect(made.status, made.output).toBe(0);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function shell(command: string, cwd: string): Promise<{ readonly status: number; readonly output: string }> {
  // unzip and bsdtar write names in the locale's character set.
  const env = { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC", TAR_OPTIONS: "", UNZIP: "" };
  return new Promise((resolve) => {
    const child = execFile("sh", ["-euc", command], { cwd, env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), output: `${stdout}${stderr}` });
    });
    child.stdin?.end();
  });
}

/** The archive's file: made by a command in the directory of the trees, or by make-archives.py. */
async function make({ name, command }: Archive): Promise<string> {
  const file = join(base, "made", name);
  if (command !== undefined) {
    const made = await shell(command.replaceAll("$OUT", `'${file}'`), join(base, "trees"));
    expect(made, command).toMatchObject({ status: 0 });
  }
  return file;
}

async function unpack(
  file: string | Buffer,
  { name, type }: Pick<Archive, "name" | "type">,
): Promise<{ tree: Tree } | { refused: Error }> {
  const layout = layoutOf(join(base, "agents", name), specification());
  rmSync(layout.deploymentDirectory, { recursive: true, force: true });
  mkdirSync(layout.deploymentDirectory, { recursive: true });
  writeFileSync(layout.bundleFile, typeof file === "string" ? readFileSync(file) : file);
  try {
    await unpackBundle(layout, { bundleType: type, limits: ARCHIVE_LIMITS, signal: new AbortController().signal });
  } catch (error) {
    expect(readdirSync(layout.deploymentDirectory), "nothing of it is left").toEqual(["bundle.tar"]);
    return { refused: error as Error };
  }
  return { tree: treeBelow(layout.archiveDirectory, readRecordedEntries(layout.recordedAttributesFile)) };
}

/** What the program that people use makes of it. */
async function unpackWithPeer(file: string, { name, type, peer, peerStatus, root }: Archive): Promise<Tree> {
  const directory = join(base, "peers", name);
  mkdirSync(directory);
  const command = {
    tar: `tar -xp${type === "tgz" ? "z" : ""}f '${file}'`,
    bsdtar: `bsdtar -xpf '${file}'`,
    unzip: `unzip -qo '${file}'`,
  }[peer];
  const done = await shell(command, directory);
  expect(done.status, done.output).toBe(peerStatus);
  return treeBelow(join(directory, root));
}

/** Without what the agent keeps otherwise on purpose, and what the peer leaves to chance. */
function comparable(
  tree: Tree,
  peersTree: Tree,
  { type, peerKnowsModes }: Archive,
): Record<string, Partial<TreeEntry>> {
  return Object.fromEntries(
    [...tree].map(([path, { mode, owner, modifiedAt, ...entry }]) => {
      const isZip = type === "zip";
      const isDirectory = entry.kind === "directory";
      const bits = Number.parseInt(mode, 8);
      const keptMode = isDirectory ? ((bits & ~WITHHELD_FROM_DIRECTORIES) | 0o700).toString(8) : mode;
      // Of a directory into which it unpacks more later, GNU tar loses the time.
      const hasTime =
        (peersTree.get(path)?.modifiedAt ?? 0) < NEWEST_FIXTURE_SECONDS && !(isZip && entry.kind !== "file");
      return [
        path,
        {
          ...entry,
          ...(entry.kind === "link" || !peerKnowsModes ? {} : { mode: keptMode }),
          ...(isRoot && !isZip && !isDirectory ? { owner } : {}),
          ...(hasTime ? { modifiedAt } : {}),
        },
      ];
    }),
  );
}

describe.concurrent("an archive is unpacked as tar or unzip unpack it, or refused as a whole", () => {
  test("there are enough of them", () => {
    expect(ARCHIVES.length).toBeGreaterThanOrEqual(120);
    expect(new Set(ARCHIVES.map(({ name }) => name)).size).toBe(ARCHIVES.length);
  });

  for (const archive of ARCHIVES) {
    const { name, tools, needsRoot, refused } = archive;
    test(`${name}${refused === undefined ? "" : " is refused"}`, async (context) => {
      for (const tool of tools) context.skip(missing.has(tool), `${tool} is not installed: install ${TOOLS[tool]}`);
      context.skip(needsRoot && !isRoot, "needs root, to give files away and to make devices");
      const file = await make(archive);
      const result = await unpack(file, archive);
      if (refused !== undefined) {
        expect("refused" in result ? result.refused.message : "it was unpacked").toMatch(refused);
        return;
      }
      expect("refused" in result ? result.refused.message : "").toBe("");
      if ("tree" in result) {
        const peers = await unpackWithPeer(file, archive);
        expect(comparable(result.tree, peers, archive)).toEqual(comparable(peers, peers, archive));
        expect(result.tree.has("appspec.yml"), "it is a revision").toBe(true);
      }
    });
  }
});

describe("an archive that was changed at random", () => {
  const ROUNDS = 400;
  /** Of each archive, where the headers are. */
  const CHANGED_BYTES = 4_096;

  test("is unpacked, or refused in words that say why, and never in part", async (context) => {
    context.skip(missing.has("python3"), "python3 is not installed");
    const random = randomNumbers(20_261_129);
    const names = readdirSync(join(base, "made"))
      .filter((name) => /^py.*\.(tar|zip)$/.test(name))
      .sort();
    let refusals = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const name = names[random(names.length)]!;
      const bytes = readFileSync(join(base, "made", name));
      for (let changes = 1 + random(4); changes > 0; changes -= 1) {
        bytes[random(Math.min(bytes.length, CHANGED_BYTES))] = [random(256), 0x30 + random(8), 0xff, 0, 0x2f, 0x53][
          random(6)
        ]!;
      }
      if (name.endsWith(".tar") && random(3) > 0) correctChecksums(bytes);
      const result = await unpack(bytes, { name: "changed", type: name.endsWith(".zip") ? "zip" : "tar" });
      if (!("refused" in result)) continue;
      refusals += 1;
      expect(result.refused, `${name} in round ${round}`).toBeInstanceOf(EventFailure);
    }
    expect(refusals).toBeGreaterThan(ROUNDS / 4);
    expect(["absolute", "below"].filter((name) => existsSync(`/tmp/sluice-archives-${name}`))).toEqual([]);
  });

  function randomNumbers(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return (state >>> 8) % below;
    };
  }

  /** So that a change is not found out at once. */
  function correctChecksums(tar: Buffer): void {
    for (let at = 0; at + 512 <= Math.min(tar.length, CHANGED_BYTES); at += 512) {
      if (tar.toString("latin1", at + 257, at + 262) !== "ustar") continue;
      tar.fill(" ", at + 148, at + 156);
      const sum = tar.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
      tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148, "latin1");
    }
  }
});
