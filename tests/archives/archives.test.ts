import { execFile, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ARCHIVE_LIMITS } from "@sluice/agent/host/archive/archive-limits.ts";
import { readRecordedEntries } from "@sluice/agent/host/archive/recorded-attributes.ts";
import { unpackBundle } from "@sluice/agent/host/archive/unpack-bundle.ts";
import { specification } from "@sluice/agent/host/fixtures/host-fixture.ts";
import { layoutOf } from "@sluice/agent/host/layout.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ARCHIVES, type Archive, TOOLS } from "./table.ts";
import { type Tree, type TreeEntry, treeBelow } from "./tree.ts";

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

async function unpack(file: string, { name, type }: Archive): Promise<{ tree: Tree } | { refused: string }> {
  const layout = layoutOf(join(base, "agents", name), specification());
  mkdirSync(layout.deploymentDirectory, { recursive: true });
  copyFileSync(file, layout.bundleFile);
  try {
    await unpackBundle(layout, { bundleType: type, limits: ARCHIVE_LIMITS, signal: new AbortController().signal });
  } catch (error) {
    expect(readdirSync(layout.deploymentDirectory), "nothing of it is left").toEqual(["bundle.tar"]);
    return { refused: (error as Error).message };
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
        expect("refused" in result ? result.refused : "it was unpacked").toMatch(refused);
        return;
      }
      expect("refused" in result ? result.refused : "").toBe("");
      if ("tree" in result) {
        const peers = await unpackWithPeer(file, archive);
        expect(comparable(result.tree, peers, archive)).toEqual(comparable(peers, peers, archive));
        expect(result.tree.has("appspec.yml"), "it is a revision").toBe(true);
      }
    });
  }
});
