import { MAX_LOG_TAIL_BYTES } from "@sluice/engine/ports/function-runner.ts";
import { describe, expect, it } from "vitest";
import {
  createInvocationLog,
  LINE_COST_BYTES,
  MAX_FUNCTION_LINE_BYTES,
  MAX_FUNCTION_LOG_BURST_BYTES,
  MAX_FUNCTION_LOG_BYTES_PER_SECOND,
} from "./invocation-log.ts";

function open() {
  const lines: string[] = [];
  const clock = { now: 1_000 };
  const log = createInvocationLog({ write: (_at, line) => void lines.push(line) }, () => clock.now);
  return { lines, clock, log };
}

describe("the log of an environment", () => {
  it("has lines as they were written, however they arrive, and an unfinished one before ours", () => {
    const { lines, log } = open();
    for (const part of ["a", "b\n\nc", "d\u001b[31m"]) log.take(Buffer.from(part));
    log.add("END");
    expect(lines).toEqual(["ab", "", "cd\u001b[31m", "END"]);
  });

  it("splits what is longer than a line may be, between characters", () => {
    const { lines, log } = open();
    log.take(Buffer.from(`x${"ü".repeat(MAX_FUNCTION_LINE_BYTES)}\n`));
    expect(lines.join("")).toBe(`x${"ü".repeat(MAX_FUNCTION_LINE_BYTES)}`);
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(MAX_FUNCTION_LINE_BYTES);
  });

  it("keeps the last bytes of a call for its tail", () => {
    const { log } = open();
    log.add("of the call before");
    log.restartTail();
    log.add("START");
    expect(log.tail()).toBe("START\n");
    for (let count = 0; count < 1_000; count += 1) log.take(Buffer.from(`line ${count} ü\n`));
    expect(Buffer.byteLength(log.tail())).toBeLessThanOrEqual(MAX_LOG_TAIL_BYTES);
    expect(log.tail()).toMatch(/line 999 ü\n$/);
    log.take(Buffer.from("ü".repeat(MAX_LOG_TAIL_BYTES)));
    expect(log.tail()).not.toContain("\ufffd");
  });

  it("drops what is too much, and says how much once there is room again", () => {
    const { lines, clock, log } = open();
    const line = Buffer.from(`${"y".repeat(LINE_COST_BYTES - 1)}\n`);
    const admitted = Math.floor(MAX_FUNCTION_LOG_BURST_BYTES / (line.length + LINE_COST_BYTES));
    for (let count = 0; count < admitted + 3; count += 1) log.take(line);
    expect(lines).toHaveLength(admitted);
    clock.now += 1;
    log.take(line);
    expect(lines.slice(admitted)).toEqual([
      `${3 * line.length} bytes of the log were dropped: the function writes more than ${MAX_FUNCTION_LOG_BYTES_PER_SECOND} bytes a second`,
      line.toString().trimEnd(),
    ]);
  });

  it("counts short lines for more than their bytes", () => {
    const { lines, log } = open();
    log.take(Buffer.alloc(MAX_FUNCTION_LOG_BURST_BYTES / 2, "\n"));
    log.add("END");
    expect(lines).toEqual([expect.stringContaining("bytes of the log were dropped"), "END"]);
  });
});
