import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RawTarEntry, rawTarEntry } from "@sluice/agent/host/archive/raw-archives.fixture.ts";
import { chooseProgram } from "@sluice/cli/release/program-choice.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { manyFiles, tarOf, writePieces, zerosInMembers, zipOf, zipThatClaims } from "./large-archives.fixture.ts";
import type { Unpacked, UnpackOrder } from "./unpacking-process.fixture.ts";

// The memory of an agent while archives come that are made to use it up: by SLUICE_LONG=1, since it writes millions of files.

let base: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "sluice-hostile-memory-"));
});
afterEach(() => {
  child?.kill("SIGKILL");
  rmSync(base, { recursive: true, force: true });
});

const appSpec = () =>
  `version: 0.0\nos: linux\ndirectory_link_behavior: COPY\nfiles:\n  - source: /app\n    destination: ${join(base, "installed")}\n`;
const good = (): RawTarEntry => ({ name: "appspec.yml", content: appSpec() });

async function run(order: Omit<UnpackOrder, "directory">): Promise<Unpacked> {
  const { options } = chooseProgram(["agent", "run"]);
  const env = { ...process.env, MALLOC_ARENA_MAX: "1", NODE_ENV: "production" };
  const running = fork(join(import.meta.dirname, "unpacking-process.fixture.ts"), { execArgv: [...options], env });
  child = running;
  return new Promise((resolve, reject) => {
    running.once("message", (unpacked) => resolve(unpacked as Unpacked));
    running.once("exit", (code, signal) => reject(new Error(`the agent's process ended with ${code ?? signal}`)));
    running.send({ ...order, directory: join(base, "agent") });
  });
}

interface Case {
  readonly what: string;
  readonly type: UnpackOrder["type"];
  readonly pieces: () => Iterable<Buffer>;
  /** Of the outcome. */
  readonly says: RegExp;
  readonly maxMebibytes: number;
  readonly config?: UnpackOrder["config"];
}

const BOTH = ["DownloadBundle", "Install"];
/** What a refused archive may take beside what an agent that installs small ones takes. */
const REFUSED_MEBIBYTES = 160;
const SUCCEEDED = /^Succeeded$/;
const LEVEL = "d".repeat(250);

function* withGood(entries: Iterable<RawTarEntry>): Generator<RawTarEntry> {
  yield good();
  yield* entries;
}

function* each(count: number, entry: (index: number) => RawTarEntry): Generator<RawTarEntry> {
  for (let index = 0; index < count; index += 1) yield entry(index);
}

/** A path of three thousand bytes needs an extended header, which compresses to nothing. */
function* longPaths(count: number, path: (index: number) => string): Generator<Buffer> {
  for (let index = 0; index < count; index += 1) {
    yield paxHeader("path", path(index));
    yield rawTarEntry({ name: "long" });
  }
}

function paxHeader(keyword: string, value: string, type = "x"): Buffer {
  const rest = ` ${keyword}=${value}\n`;
  let length = rest.length;
  for (let before = 0; before !== length; ) {
    before = length;
    length = rest.length + String(length).length;
  }
  return rawTarEntry({ name: "header", type, content: `${length}${rest}` });
}

/** Ten links to the next directory in each of ten: as copies 10,000,000,000. */
function* nestedLinks(): Generator<RawTarEntry> {
  for (let level = 0; level < 10; level += 1) {
    for (let link = 0; link < 10; link += 1) {
      yield { name: `app/l${level}/to-${link}`, type: "2", linkName: `../l${level + 1}` };
    }
  }
  yield { name: "app/l10/file" };
}

/** GNU tar's own form: four pieces in the header, 21 in each block after it. */
function* manyExtents(count: number): Generator<Buffer> {
  const octal = (value: number) => value.toString(8).padStart(11, "0");
  const block = Buffer.alloc(512);
  for (let index = 0; index < 21; index += 1) block.write(`${octal(index)}\0${octal(0)}\0`, index * 24, "latin1");
  block[504] = 1;
  const header = rawTarEntry({ name: "sparse", type: "S" });
  header.write("ustar  \0", 257, "latin1");
  header[482] = 1;
  header.write(octal(0), 483, "latin1");
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  yield header;
  for (let made = 0; made < count; made += 21) yield block;
}

const CASES: readonly Case[] = [
  {
    what: "one small file, for comparison",
    type: "tgz",
    pieces: () => tarOf(withGood([{ name: "app/file", content: "x" }])),
    says: SUCCEEDED,
    maxMebibytes: REFUSED_MEBIBYTES,
  },
  {
    what: "100,000 files",
    type: "tgz",
    pieces: () => tarOf(withGood(manyFiles(100_000))),
    says: SUCCEEDED,
    maxMebibytes: 200,
  },
  {
    what: "100,000 files of another user's",
    type: "tgz",
    pieces: () => tarOf(withGood(each(100_000, (index) => ({ name: `app/${index % 100}/file-${index}`, uid: 1_000 })))),
    says: SUCCEEDED,
    maxMebibytes: 250,
  },
  {
    what: "100,000 files in a zip",
    type: "zip",
    pieces: () => zipOf(100_000),
    says: /did not find an AppSpec/,
    maxMebibytes: 200,
  },
  {
    what: "more than 1,000,000 entries in a zip",
    type: "zip",
    pieces: () => zipOf(1_000_001),
    says: /more than 1000000 entries/,
    maxMebibytes: REFUSED_MEBIBYTES,
  },
  {
    what: "a directory of 260 MB of a zip of 2,000 files",
    type: "zip",
    pieces: () => zipOf(2_000, 65_535),
    says: /did not find an AppSpec/,
    maxMebibytes: REFUSED_MEBIBYTES,
  },
  {
    what: "60,000 paths of 3,000 bytes in one directory",
    type: "tgz",
    pieces: () => longPaths(60_000, (index) => `${`${LEVEL}/`.repeat(11)}${index}${"f".repeat(200)}`),
    says: /more than 134217728 characters together/,
    maxMebibytes: 400,
  },
  {
    what: "paths of 3,000 bytes in as many directories each",
    type: "tgz",
    pieces: () => longPaths(20_000, (index) => `${index}${`${LEVEL}/`.repeat(11)}f`),
    says: /more than 134217728 characters together/,
    maxMebibytes: 400,
  },
  {
    what: "an extended header of 100 MB",
    type: "tgz",
    pieces: () => [paxHeader("comment", "x".repeat(100_000_000))],
    says: /extended header has more than 8388608 bytes/,
    maxMebibytes: REFUSED_MEBIBYTES,
  },
  {
    what: "a thousand global headers of 4 MB",
    type: "tgz",
    pieces: function* () {
      const header = paxHeader("uname", "x".repeat(4_000_000), "g");
      for (let count = 0; count < 1_000; count += 1) yield header;
    },
    says: /extended header has more than 8388608 bytes/,
    maxMebibytes: REFUSED_MEBIBYTES,
  },
  {
    what: "the map of a sparse file in 8 MB of text",
    type: "tgz",
    pieces: () => [paxHeader("GNU.sparse.map", "0,".repeat(4_000_000)), rawTarEntry({ name: "sparse" })],
    says: /sparse file/,
    maxMebibytes: 400,
  },
  {
    what: "a sparse file of 2,000,000 pieces",
    type: "tgz",
    pieces: () => manyExtents(2_000_000),
    says: /more than 1000000 pieces/,
    maxMebibytes: 300,
  },
  {
    what: "links to directories that unfold to 10,000,000,000 files",
    type: "tgz",
    pieces: () => tarOf(withGood(nestedLinks())),
    says: /installs more than 1000000 files and directories/,
    maxMebibytes: 400,
  },
  {
    what: "a gzip of 10 GiB of zeros in members",
    type: "tgz",
    pieces: () => zerosInMembers(10 * 1_024),
    says: /more than 100 times its own/,
    maxMebibytes: REFUSED_MEBIBYTES,
  },
  {
    what: "a zip that says that it has 10 GiB",
    type: "zip",
    pieces: () => [zipThatClaims(10n * 2n ** 30n)],
    says: /more than 100 times its own/,
    maxMebibytes: REFUSED_MEBIBYTES,
  },
  {
    what: "1,000,000 files",
    type: "tgz",
    pieces: () => tarOf(withGood(manyFiles(1_000_000 - 2_000))),
    says: SUCCEEDED,
    maxMebibytes: 500,
  },
];

const isPacked = new Set(["a gzip of 10 GiB of zeros in members"]);

test.each(CASES)("$what", async ({ what, type, pieces, says, maxMebibytes, config = {} }) => {
  const bundle = join(base, `bundle.${type}`);
  await writePieces(bundle, pieces(), type === "tgz" && !isPacked.has(what));
  const { message, seconds, idleMebibytes, peakMebibytes } = await run({ bundle, type, events: BOTH, config });
  const took = `${peakMebibytes.toFixed(0)} MiB (${idleMebibytes.toFixed(0)} before), ${seconds.toFixed(1)} s`;
  console.log(`${what}: ${took}: ${message.slice(0, 100)}`);
  expect(message).toMatch(says);
  expect(peakMebibytes).toBeLessThan(maxMebibytes);
  if (!says.test("Succeeded")) {
    expect(
      readdirSync(base)
        .sort()
        .filter((name) => name !== "agent"),
    ).toEqual([`bundle.${type}`]);
  }
});
