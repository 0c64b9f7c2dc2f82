import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeploymentLogs } from "./deployment-logs.ts";
import { MAX_SEGMENT_BYTES } from "./log-journal.ts";
import { encodeLogLine, type LogLine } from "./log-line.ts";
import type { LogFilter } from "./log-page.ts";

const ID = "d-A1B2C3111";
let root: string;
let folder: string;
let logs: DeploymentLogs;

const line = (sequence: number, text = `line ${sequence}\n`, targetId = "web-1"): LogLine => ({
  hostCommandIdentifier: `d-A1B2C3111:ApplicationStart:1:abcdefghij:${targetId}`,
  sequence,
  targetId,
  lifecycleEvent: "ApplicationStart",
  at: 1_700_000_000_000 + sequence,
  stream: "stdout",
  scriptName: "scripts/start.sh",
  text,
});
const files = async () => (await readdir(folder)).sort();
const reopen = () => {
  logs = new DeploymentLogs(root);
};

async function readAll(filter: LogFilter = {}, cursor?: string): Promise<LogLine[]> {
  const all: LogLine[] = [];
  for (let from = cursor; ; ) {
    const page = await logs.read(ID, from, filter);
    all.push(...page.lines);
    if (page.atEnd) return all;
    from = page.cursor;
  }
}
const sequences = async (filter?: LogFilter) => (await readAll(filter)).map(({ sequence }) => sequence);
const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);

/** The file that gets the next lines. */
function newest(names: readonly string[]): string {
  const start = (name: string) => Number(/^output\.(\d+)/.exec(name)?.[1] ?? 0);
  return names.toSorted((one, other) => start(one) - start(other)).at(-1)!;
}

/** More than two segments of one host's output, and how many lines that is. */
async function writeLong(): Promise<number> {
  const text = "x".repeat(MAX_SEGMENT_BYTES / 16);
  const count = 40;
  for (const sequence of upTo(count)) await logs.append(ID, [line(sequence, text, `web-${sequence % 4}`)]);
  return count;
}

beforeEach(async () => {
  root = join(await mkdtemp(join(tmpdir(), "sluice-logs-")), "logs");
  folder = join(root, ID);
  logs = new DeploymentLogs(root);
});
afterEach(async () => {
  await logs.close();
  await rm(join(root, ".."), { recursive: true });
});

describe("a deployment that is over", () => {
  it("is one compressed file that any gunzip reads, and says what it said before", async () => {
    for (const host of upTo(50))
      await logs.append(
        ID,
        upTo(20).map((index) => line(index, undefined, `web-${host}`)),
      );
    const before = await readAll();
    const plainBytes = await logs.bytesOf(ID);
    await logs.finish(ID);
    expect(await files()).toEqual([`output.0-${plainBytes}.ndjson.gz`]);
    expect(await logs.bytesOf(ID)).toBeLessThan(plainBytes / 8);
    expect(gunzipSync(await readFile(join(folder, (await files())[0]!)))).toHaveLength(plainBytes);
    expect(await readAll()).toEqual(before);
    expect(await readAll({ targetId: "web-7" })).toEqual(before.filter(({ targetId }) => targetId === "web-7"));
  });

  it("keeps the cursors that readers were given before", async () => {
    await logs.append(
      ID,
      upTo(1_500).map((index) => line(index)),
    );
    const { cursor } = await logs.read(ID, undefined);
    await logs.finish(ID);
    const rest = await readAll({}, cursor);
    expect(rest.map(({ sequence }) => sequence)).toEqual(upTo(1_500).slice(1_000));
  });

  it("stores each piece once, also when its host sends more after all", async () => {
    await logs.append(ID, [line(0), line(1)]);
    await logs.finish(ID);
    await logs.append(ID, [line(1), line(2)]);
    expect(await sequences()).toEqual([0, 1, 2]);
    await logs.finish(ID);
    expect(await sequences()).toEqual([0, 1, 2]);
    reopen();
    await logs.append(ID, [line(2), line(3)]);
    expect(await sequences()).toEqual([0, 1, 2, 3]);
  });

  it("loses the half of a line that a crash left, and nothing else", async () => {
    await logs.append(ID, [line(0)]);
    await appendFile(join(folder, "output.ndjson"), '["d-A1B2C3111:Appl');
    reopen();
    await logs.finish(ID);
    expect(await sequences()).toEqual([0]);
    await logs.append(ID, [line(1)]);
    expect(await sequences()).toEqual([0, 1]);
  });

  it("can be finished while it is read and while hosts still send", async () => {
    const reading = Array.from({ length: 20 }, () => readAll());
    const writing = upTo(20).map((sequence) => logs.append(ID, [line(sequence)]));
    const finishing = upTo(5).map(() => logs.finish(ID));
    await Promise.all([...reading, ...writing, ...finishing]);
    expect(await sequences()).toEqual(upTo(20));
  });
});

describe("a deployment with much output", () => {
  it("is cut into files, of which all but the last are compressed at once", async () => {
    const count = await writeLong();
    const uncompressed = async () => (await files()).filter((name) => name.endsWith(".ndjson")).length;
    await expect.poll(uncompressed, { timeout: 25_000 }).toBe(1);
    expect((await files()).length).toBeGreaterThan(2);
    expect(await sequences()).toEqual(upTo(count));
    expect(await sequences({ targetId: "web-3" })).toEqual(upTo(count).filter((index) => index % 4 === 3));
  });

  it("goes on after a restart without reading what came before the last file", async () => {
    const count = await writeLong();
    await logs.close();
    const names = await files();
    const last = newest(names);
    // If anything of them were read, this would show.
    for (const name of names.filter((other) => other !== last)) await truncate(join(folder, name), 0);
    reopen();
    await logs.append(ID, [line(count - 1, undefined, `web-${(count - 1) % 4}`), line(count)]);
    const tail = (await readFile(join(folder, last), "utf8")).trimEnd().split("\n");
    expect(tail.at(-1)).toBe(encodeLogLine(line(count)).trimEnd());
    expect(tail.filter((stored) => stored.includes(`,${count - 1},`))).toHaveLength(1);
  });

  it("is whole when the crash came before a new file said what was before it", async () => {
    const count = await writeLong();
    await logs.close();
    const last = newest(await files());
    const kept = (await readAll()).filter(({ sequence }) => sequence < count);
    await truncate(join(folder, last), 7);
    reopen();
    const lost = kept.length - (await readAll()).length;
    expect(lost).toBeGreaterThan(0);
    // The hosts send again what was not acknowledged; nothing that was stored before is stored twice.
    await logs.append(ID, kept);
    expect(
      (await readAll()).toSorted((one, other) => one.sequence - other.sequence).map(({ sequence }) => sequence),
    ).toEqual(upTo(count));
  });
});

describe("a server that ended in the middle of compressing", () => {
  it("reads what is there, and finishes it the next time", async () => {
    await logs.append(ID, [line(0), line(1)]);
    const bytes = await logs.bytesOf(ID);
    await logs.close();
    const plain = await readFile(join(folder, "output.ndjson"));
    // Before the compressed file got its name.
    await writeFile(join(folder, `output.0-${bytes}.ndjson.gz.unfinished`), gzipSync(plain).subarray(0, 20));
    reopen();
    expect(await sequences()).toEqual([0, 1]);
    // After it, and before the other was removed.
    await writeFile(join(folder, `output.0-${bytes}.ndjson.gz`), gzipSync(plain));
    expect(await sequences()).toEqual([0, 1]);
    await logs.append(ID, [line(1), line(2)]);
    expect(await sequences()).toEqual([0, 1, 2]);
    await logs.finish(ID);
    expect(await sequences()).toEqual([0, 1, 2]);
    expect((await files()).filter((name) => name.endsWith(".ndjson"))).toEqual([]);
    expect((await files()).filter((name) => name.endsWith(".unfinished"))).toEqual([]);
  });
});

describe("what an older server stored", () => {
  it("is read, goes on, is compressed and is deleted, in one file of any size", async () => {
    await mkdir(folder, { recursive: true });
    const text = "y".repeat(MAX_SEGMENT_BYTES / 8);
    for (const sequence of upTo(20))
      await appendFile(join(folder, "output.ndjson"), encodeLogLine(line(sequence, text)));
    expect(await sequences()).toEqual(upTo(20));
    await logs.append(ID, [line(19), line(20)]);
    expect(await sequences()).toEqual(upTo(21));
    expect((await logs.survey()).unfinished).toEqual([ID]);
    await logs.finish(ID);
    expect(await sequences()).toEqual(upTo(21));
    expect((await logs.survey()).unfinished).toEqual([]);
    await logs.delete(ID);
    await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("costs no memory where a host had filled it with identifiers of megabytes", async () => {
    await mkdir(folder, { recursive: true });
    const evil = { ...line(0), hostCommandIdentifier: `d-A1B2C3111:ApplicationStart:1:${"o".repeat(3_900_000)}:web-1` };
    await appendFile(join(folder, "output.ndjson"), encodeLogLine(line(0)));
    for (const sequence of upTo(3))
      await appendFile(join(folder, "output.ndjson"), encodeLogLine({ ...evil, sequence }));
    await appendFile(join(folder, "output.ndjson"), `["${"z".repeat(9_000_000)}\n`);
    await appendFile(join(folder, "output.ndjson"), encodeLogLine(line(1)));
    const { lines } = await logs.read(ID, undefined);
    expect(lines).toEqual([line(0), line(1)]);
    await logs.append(ID, [line(1), line(2)]);
    expect(await sequences()).toEqual([0, 1, 2]);
  });
});

it("knows how many bytes there are, as they are written, compressed and deleted", async () => {
  await logs.append(ID, [line(0)]);
  expect(logs.storedBytes).toBeUndefined();
  await logs.survey();
  expect(logs.storedBytes).toBe(await logs.bytesOf(ID));
  await logs.append(
    ID,
    upTo(100).map((index) => line(index)),
  );
  await logs.append("d-A1B2C3222", [line(0)]);
  const sum = async () => (await logs.bytesOf(ID)) + (await logs.bytesOf("d-A1B2C3222"));
  expect(logs.storedBytes).toBe(await sum());
  await logs.finish(ID);
  expect(logs.storedBytes).toBe(await sum());
  await logs.delete(ID);
  expect(logs.storedBytes).toBe(await logs.bytesOf("d-A1B2C3222"));
});
