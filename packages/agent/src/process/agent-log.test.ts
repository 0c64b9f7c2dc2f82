import { expect, it } from "vitest";
import { createAgentLog, describeFailure } from "./agent-log.ts";

it.each(["text", "json"] as const)("a line of the %s log is one line, and cannot steer a terminal", (format) => {
  const lines: string[] = [];
  const log = createAgentLog(format, (line) => lines.push(line));
  log.warn("the server said \u001b[2J\n2026-01-01 ERROR forged\u202e", { problem: "\u009b31m\u007f\r\nforged" });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}](?!$)/u);
  expect(lines[0]).toContain("forged");
});

it("names an error's cause, apart from a sentence that has ended", () => {
  const cause = new Error("connect ECONNREFUSED");
  expect(describeFailure(new Error("nothing there", { cause }))).toBe("nothing there: connect ECONNREFUSED");
  expect(describeFailure(new Error("Is it running?", { cause }))).toBe("Is it running? (connect ECONNREFUSED)");
});
