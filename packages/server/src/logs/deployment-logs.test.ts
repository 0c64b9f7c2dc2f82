import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeploymentLogs } from "./deployment-logs.ts";
import { MAX_EVENT_OUTPUT_BYTES } from "./event-progress.ts";
import { encodeLogLine, type LogLine } from "./log-line.ts";
import { LogCursorError, MAX_READ_LINES } from "./log-page.ts";

const ID = "d-A1B2C3111";
let directory: string;
let logs: DeploymentLogs;

function line(sequence: number, more: Partial<LogLine> = {}): LogLine {
  return {
    hostCommandIdentifier: "command-1",
    sequence,
    targetId: "web-1",
    lifecycleEvent: "ApplicationStart",
    at: 1_700_000_000_123 + sequence,
    stream: "stdout",
    scriptName: "scripts/start.sh",
    text: `line ${sequence}\n`,
    ...more,
  };
}
async function readAll(): Promise<LogLine[]> {
  const all: LogLine[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await logs.read(ID, cursor);
    all.push(...page.lines);
    if (page.atEnd) return all;
    cursor = page.cursor;
  }
}
const texts = async (cursor?: string) => (await logs.read(ID, cursor)).lines.map(({ text }) => text);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-logs-"));
  logs = new DeploymentLogs(join(directory, "logs"));
});
afterEach(async () => {
  await logs.close();
  await rm(directory, { recursive: true });
});

describe("storing", () => {
  it("gives back what was put in, to the character", async () => {
    const odd = line(0, {
      text: 'line\u2028 "quoted" \u0000 Grüße 🚀\r\n\n',
      stream: "stderr",
      scriptName: "./ä b.sh",
    });
    await logs.append(ID, [odd]);
    expect((await logs.read(ID, undefined)).lines).toEqual([odd]);
  });

  it("stores each piece once, however often and together it is sent", async () => {
    await Promise.all([
      logs.append(ID, [line(0), line(1)]),
      logs.append(ID, [line(0), line(1), line(2)]),
      logs.append(ID, [line(0, { hostCommandIdentifier: "command-2", text: "other\n" })]),
    ]);
    expect(await texts()).toEqual(["line 0\n", "line 1\n", "line 2\n", "other\n"]);
  });

  it("stores each piece once across a restart", async () => {
    await logs.append(ID, [line(0), line(1)]);
    const next = new DeploymentLogs(join(directory, "logs"));
    await next.append(ID, [line(1), line(2)]);
    expect(await texts()).toEqual(["line 0\n", "line 1\n", "line 2\n"]);
  });

  it("cuts off a line that a crash left unfinished, and never shows it", async () => {
    await logs.append(ID, [line(0)]);
    await appendFile(join(directory, "logs", ID, "output.ndjson"), '["command-1",1,"web-1","Appl');
    expect(await texts()).toEqual(["line 0\n"]);
    const next = new DeploymentLogs(join(directory, "logs"));
    await next.append(ID, [line(1)]);
    expect(await texts()).toEqual(["line 0\n", "line 1\n"]);
  });

  it("loses a damaged line and nothing else, also across a restart", async () => {
    await logs.append(ID, [line(0)]);
    await appendFile(join(directory, "logs", ID, "output.ndjson"), "\u0000\u0000\u0000\n");
    await logs.close();
    logs = new DeploymentLogs(join(directory, "logs"));
    await logs.append(ID, [line(1)]);
    expect(await texts()).toEqual(["line 0\n", "line 1\n"]);
  });

  it("keeps so much of one event and then marks the gap once, also across a restart", async () => {
    const half = "x".repeat(MAX_EVENT_OUTPUT_BYTES / 2 - encodeLogLine(line(0, { text: "" })).length);
    await logs.append(ID, [line(0, { text: half }), line(1, { text: half }), line(2), line(3)]);
    await logs.append(ID, [line(4)]);
    const next = new DeploymentLogs(join(directory, "logs"));
    await next.append(ID, [
      line(5),
      line(0, { hostCommandIdentifier: "command-2", targetId: "web-2", text: "other\n" }),
    ]);
    const all = await readAll();
    expect(all.map(({ sequence, stream }) => [sequence, stream])).toEqual([
      [0, "stdout"],
      [1, "stdout"],
      [2, "agent"],
      [0, "stdout"],
    ]);
    expect(all[2]?.text).toContain("was not kept");
  });

  it("takes fifty hosts at once, each in its own order", async () => {
    const hosts = Array.from({ length: 50 }, (_, index) => `web-${index}`);
    await Promise.all(
      hosts.map(async (targetId) => {
        for (let sequence = 0; sequence < 20; sequence += 1) {
          await logs.append(ID, [line(sequence, { targetId, hostCommandIdentifier: targetId })]);
        }
      }),
    );
    const { lines, atEnd } = await logs.read(ID, undefined);
    const rest = atEnd ? [] : (await logs.read(ID, (await logs.read(ID, undefined)).cursor)).lines;
    for (const targetId of hosts) {
      const own = [...lines, ...rest].filter((entry) => entry.targetId === targetId);
      expect(own.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    }
  });

  it("lets nobody else read the files", async () => {
    await logs.append(ID, [line(0)]);
    expect((await stat(join(directory, "logs", ID))).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, "logs", ID, "output.ndjson"))).mode & 0o777).toBe(0o600);
  });

  it.each(["..", "../d-A1B2C3111", "a/b", "", ".", "d-\u0000"])("refuses the id %j", async (id) => {
    await expect(logs.append(id, [line(0)])).rejects.toThrow(RangeError);
    await expect(logs.read(id, undefined)).rejects.toThrow(RangeError);
    await expect(logs.delete(id)).rejects.toThrow(RangeError);
  });

  it("goes on after a write that failed", async () => {
    const blocked = new DeploymentLogs(join(directory, "file"));
    await appendFile(join(directory, "file"), "not a folder");
    await expect(blocked.append(ID, [line(0)])).rejects.toThrow();
    await rm(join(directory, "file"));
    await blocked.append(ID, [line(0)]);
    expect((await blocked.read(ID, undefined)).lines).toEqual([line(0)]);
  });
});

describe("reading", () => {
  it("goes on behind the cursor, page by page", async () => {
    const all = Array.from({ length: MAX_READ_LINES + 10 }, (_, index) => line(index));
    await logs.append(ID, all);
    const first = await logs.read(ID, undefined);
    expect(first).toMatchObject({ atEnd: false, lines: all.slice(0, MAX_READ_LINES) });
    const second = await logs.read(ID, first.cursor);
    expect(second).toMatchObject({ atEnd: true, lines: all.slice(MAX_READ_LINES) });
    expect(await logs.read(ID, second.cursor)).toEqual({ lines: [], cursor: second.cursor, atEnd: true });
    await logs.append(ID, [line(MAX_READ_LINES + 10)]);
    expect(await texts(second.cursor)).toEqual([`line ${MAX_READ_LINES + 10}\n`]);
  });

  it("shows one host or one event only, and moves the cursor over the others", async () => {
    await logs.append(ID, [
      line(0),
      line(0, { hostCommandIdentifier: "c2", targetId: "web-2", text: "two\n" }),
      line(0, { hostCommandIdentifier: "c3", lifecycleEvent: "ValidateService", text: "check\n" }),
    ]);
    const one = await logs.read(ID, undefined, { targetId: "web-2" });
    expect(one.lines.map(({ text }) => text)).toEqual(["two\n"]);
    expect((await logs.read(ID, one.cursor)).lines).toEqual([]);
    const events = await logs.read(ID, undefined, { lifecycleEvent: "ValidateService" });
    expect(events.lines.map(({ text }) => text)).toEqual(["check\n"]);
  });

  it("finds nothing where nothing was written", async () => {
    expect(await logs.read(ID, undefined)).toMatchObject({ lines: [], atEnd: true });
  });

  it("refuses cursors that it did not give", async () => {
    await logs.append(ID, [line(0)]);
    const size = (await readFile(join(directory, "logs", ID, "output.ndjson"))).length;
    for (const position of ["-1", "x", "3", String(size + 1), "1e3"]) {
      await expect(logs.read(ID, Buffer.from(position).toString("base64url"))).rejects.toThrow(LogCursorError);
    }
  });

  it("waits for a change of its deployment, or until it is let go", async () => {
    const change = logs.change(ID, 60_000);
    await logs.append(ID, [line(0)]);
    await change.happened;
    const cancelled = logs.change(ID, 60_000);
    cancelled.cancel();
    await cancelled.happened;
    const closed = logs.change(ID, 60_000);
    await logs.close();
    await closed.happened;
    await logs.change(ID, 60_000).happened;
  });
});

it("deletes with the deployment, and begins anew after it", async () => {
  await logs.append(ID, [line(0)]);
  await logs.delete(ID);
  await expect(stat(join(directory, "logs", ID))).rejects.toMatchObject({ code: "ENOENT" });
  await logs.delete(ID);
  await logs.append(ID, [line(0)]);
  expect(await texts()).toEqual(["line 0\n"]);
});
