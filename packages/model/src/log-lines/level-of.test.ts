import { expect, test } from "vitest";
import { isInteresting } from "./is-interesting.ts";
import { levelOf } from "./level-of.ts";

test.each([
  ["2026-11-30T01:58:06.123Z ERROR [main] no database", "error"],
  ["[2026-11-30 01:58:06] app.CRITICAL: no database", "error"],
  ["time=2026-11-30T01:58:06Z level=error msg=x", "error"],
  ['{"severity":"ERROR","message":"x"}', "error"],
  ["E1130 01:58:06.123456 1 main.go:12] x", "error"],
  ["[stderr]E: Unable to locate package x", "error"],
  ["\u001b[1;31mfatal:\u001b[0m not a git repository", "error"],
  ["chmod: changing permissions of 'x': Operation not permitted", "error"],
  ["make: *** [all] Error 2", "error"],
  ["WARN  deprecated module", "warning"],
  ["npm warn deprecated x@1", "warning"],
  ["W: Some index files failed to download", "warning"],
  ["DeprecationWarning: Buffer() is deprecated", "warning"],
  ["INFO  retry after the connection failed", "info"],
  ["[info] error log is /var/log/error.log", "info"],
  ["level=debug msg=failed", "debug"],
  ["+ echo failed", "debug"],
  ["Tests: 0 failed, 12 passed", "plain"],
  ["web-1 : ok=12 changed=3 unreachable=0 failed=0", "plain"],
  ["copying error.html to /var/www/error_pages", "plain"],
  ["compiled without errors", "plain"],
  ["installing the terror-free module", "plain"],
  ["", "plain"],
])("the level of %s", (line, level) => {
  expect(levelOf(line)).toBe(level);
});

test("a frame of a stack is interesting, and a word of progress is not", () => {
  expect(isInteresting("\tat com.example.Main.main(Main.java:12)")).toBe(true);
  expect(isInteresting('  File "/opt/app/manage.py", line 22, in <module>')).toBe(true);
  expect(isInteresting("Connection refused")).toBe(true);
  expect(isInteresting("WARN low on memory")).toBe(true);
  expect(isInteresting("copied 12 files")).toBe(false);
});
