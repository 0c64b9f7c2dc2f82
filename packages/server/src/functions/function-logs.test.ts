import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemTimers } from "../loops/timers.ts";
import { MAX_FUNCTION_LOG_FILE_BYTES } from "./function-log-file.ts";
import { MAX_FUNCTION_LOG_LINES } from "./function-log-page.ts";
import { FunctionLogs } from "./function-logs.ts";

let folder: string;
let errors: unknown[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-function-logs-"));
  errors = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () =>
  FunctionLogs.open({ folder: join(folder, "logs"), timers: systemTimers, onError: (error) => errors.push(error) });

async function read(logs: FunctionLogs, tailLines = 10, cursor?: string, functionName = "payments") {
  const page = await logs.read(functionName, { tailLines, cursor });
  return page && { ...page, lines: page.lines.map(({ at, text }) => `${at} ${text}`) };
}
const files = () => readdirSync(join(folder, "logs")).toSorted();

describe("a function's log", () => {
  it("has what was written, of each function its own, and outlives the server", async () => {
    const logs = await open();
    logs.logOf("payments").write(1, "one");
    logs.logOf("other").write(2, "not this");
    logs.logOf("payments").write(3, "  two: ü \u001b[31m\0 ");
    expect(await read(logs)).toMatchObject({ lines: ["1 one", "3   two: ü \u001b[31m\0 "], isCut: false });
    expect(await read(logs, 1)).toMatchObject({ lines: ["3   two: ü \u001b[31m\0 "], isCut: false });
    for (const text of ["10 %\r20 %\r", "a\u2028b"]) {
      logs.logOf("payments").write(3, text);
      expect(await read(logs, 1)).toMatchObject({ lines: [`3 ${text}`], isCut: false });
    }
    expect(await read(logs, 10, undefined, "nobody")).toBeUndefined();
    logs.logOf("payments").write(4, "last");
    await logs.close();
    const next = await open();
    next.logOf("payments").write(5, "next");
    expect(await read(next, 2)).toMatchObject({ lines: ["4 last", "5 next"] });
    expect(statSync(join(folder, "logs", files()[0]!)).mode & 0o777).toBe(0o600);
    expect(errors).toEqual([]);
  });

  it("is followed by a cursor, without gap or repetition, across files and servers", async () => {
    let logs = await open();
    const text = "x".repeat(10_000);
    let count = 0;
    let cursor = (await read(logs))?.cursor;
    const seen: number[] = [];
    for (let round = 0; round < 12; round++) {
      for (let line = 0; line < 90; line++) logs.logOf("payments").write(++count, text);
      const page = await read(logs, 10, cursor ?? "1:0");
      seen.push(...page!.lines.map((line) => Number(line.split(" ")[0])));
      cursor = page!.cursor;
      expect(page!.isCut).toBe(false);
      if (round === 6) {
        await logs.close();
        logs = await open();
      }
    }
    for (let page = await read(logs, 10, cursor); page!.lines.length > 0; page = await read(logs, 10, page!.cursor)) {
      seen.push(...page!.lines.map((line) => Number(line.split(" ")[0])));
    }
    expect(seen).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    await logs.close();
  });

  it("keeps the newest lines in bounded space, and says what is not there any more", async () => {
    const logs = await open();
    const text = "x".repeat(60_000);
    for (let count = 1; count <= 300; count++) {
      logs.logOf("payments").write(count, text);
      if (count % 10 === 0) await read(logs, 0);
    }
    await logs.close();
    const sizes = files().map((name) => statSync(join(folder, "logs", name)).size);
    expect(sizes).toHaveLength(2);
    for (const size of sizes) expect(size).toBeLessThanOrEqual(MAX_FUNCTION_LOG_FILE_BYTES);
    const page = await read(logs, 5, "1:0");
    expect(page!.isCut).toBe(true);
    expect(Number(page!.lines[0]!.split(" ")[0])).toBeGreaterThan(1);
    const newest = await read(logs, MAX_FUNCTION_LOG_LINES);
    expect(newest).toMatchObject({ isCut: true });
    expect(newest!.lines.at(-1)).toMatch(/^300 /);
    expect(newest!.lines.length).toBeLessThan(20);
  });

  it("goes with its function, and one that is new begins anew", async () => {
    const logs = await open();
    for (const name of ["payments", "other"]) logs.logOf(name).write(1, "old");
    const { cursor } = (await read(logs))!;
    await read(logs, 1, undefined, "other");
    await logs.keepOnly(async () => {
      logs.logOf("late").write(1, "written meanwhile");
      return new Set(["other"]);
    });
    expect(await read(logs)).toBeUndefined();
    expect(await read(logs, 1, undefined, "late")).toMatchObject({ lines: ["1 written meanwhile"] });
    expect(files()).toEqual(["late.1.log", "other.1.log"]);
    logs.logOf("payments").write(2, "new");
    expect(await read(logs, 1, `9${cursor}`)).toMatchObject({ lines: ["2 new"], isCut: true });
    await logs.close();
  });

  it("shows whole lines where a server died while it wrote", async () => {
    const before = await open();
    before.logOf("payments").write(1, "one");
    await before.close();
    appendFileSync(join(folder, "logs", "payments.1.log"), "17644572");
    const logs = await open();
    logs.logOf("payments").write(2, "two");
    expect(await read(logs)).toMatchObject({ lines: ["1 one", "2 two"] });
    expect((await read(logs, 10, "1:0"))?.lines).toEqual(["1 one", "2 two"]);
    await logs.close();
  });

  it("that cannot be written is told of once for each try, and hurts nobody", async () => {
    writeFileSync(join(folder, "logs"), "a file");
    const logs = await FunctionLogs.open({
      folder: join(folder, "logs", "beneath"),
      timers: systemTimers,
      onError: (error) => errors.push(error),
    }).catch(() => undefined);
    logs?.logOf("payments").write(1, "one");
    await logs?.close();
    expect(logs === undefined || errors.length === 1).toBe(true);
  });

  it("leaves out what a slow disk has no room for, and says how much", async () => {
    const logs = await open();
    for (let count = 0; count < 40; count++) logs.logOf("payments").write(count, "x".repeat(50_000));
    const { lines } = (await read(logs, 40))!;
    const [, leftOut] = /\[(\d+) lines were left out/.exec(lines.at(-1)!) ?? [];
    await logs.close();
    expect(Number(leftOut)).toBeGreaterThan(10);
    expect(lines.length).toBeLessThan(40);
  });
});

it.each(["", "1", "1:", "x:1", "1:1:1", "-1:0"])("takes no cursor of elsewhere: %j", async (cursor) => {
  const logs = await open();
  logs.logOf("payments").write(1, "one");
  await expect(read(logs, 1, cursor)).rejects.toMatchObject({ code: "InvalidNextTokenException" });
  await logs.close();
});
