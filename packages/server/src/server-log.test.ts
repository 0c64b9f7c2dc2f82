import { expect, it } from "vitest";
import { createServerLog, type ServerLogOptions } from "./server-log.ts";

const STEERING = "\u001b[2J\u009b31m\u202e\u2028\u200b";

function logged(options: ServerLogOptions, say: (log: ReturnType<typeof createServerLog>) => void): string[] {
  const lines: string[] = [];
  say(createServerLog(options, (line) => lines.push(line)));
  return lines;
}

it("is a line of JSON an entry, with nothing in it that steers a terminal", () => {
  const lines = logged({ isTerminal: false }, (log) => log.error({ error: STEERING }, "a host said \u007f\n"));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+\n$/u);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ error: STEERING, msg: "a host said \u007f\n" });
});

it("is a line that people can read in a terminal: time, level, message and what belongs to it", () => {
  const [ready, failed] = logged({ isTerminal: true }, (log) => {
    log.info(
      { listensOn: ["http://127.0.0.1:7450"], names: ["localhost", "127.0.0.1"], count: 2 },
      "the server is ready",
    );
    log.error({ error: "Error: it broke\n    at here", reason: "no space" }, "it failed");
  });
  expect(ready).toMatch(
    /^\d\d:\d\d:\d\d INFO {2}the server is ready {2}listensOn=http:\/\/127.0.0.1:7450 names=localhost,127.0.0.1 count=2\n$/,
  );
  expect(failed).toMatch(/^\d\d:\d\d:\d\d ERROR it failed {2}error="Error: it broke" reason="no space"\n$/);
  const [steering] = logged({ isTerminal: true }, (log) => log.warn({ error: STEERING }, `a host said ${STEERING}`));
  expect(steering).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+\n$/u);
});

it("has the format that was asked for, wherever it goes", () => {
  const [text] = logged({ format: "text", isTerminal: false }, (log) => log.info("hello"));
  expect(text).toMatch(/^\d\d:\d\d:\d\d INFO {2}hello\n$/);
  const [json] = logged({ format: "json", isTerminal: true }, (log) => log.info("hello"));
  expect(JSON.parse(json ?? "")).toMatchObject({ msg: "hello", level: 30 });
  expect(() => createServerLog({ format: "xml" })).toThrow("--log-format is 'xml'; it must be one of auto, text, json");
});
