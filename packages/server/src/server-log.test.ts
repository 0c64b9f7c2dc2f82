import { expect, it } from "vitest";
import { createServerLog } from "./server-log.ts";

it("is a line of JSON an entry, with nothing in it that steers a terminal", () => {
  const lines: string[] = [];
  const error = "\u001b[2J\u009b31m\u202e\u2028\u200b";
  createServerLog("info", (line) => lines.push(line)).error({ error }, "a host said \u007f\n");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+\n$/u);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ error, msg: "a host said \u007f\n" });
});
