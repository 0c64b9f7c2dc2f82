import type { LogEntry } from "@sluice/wire/sluice/sluice-api.ts";
import { expect, test } from "vitest";
import { lineSaying } from "./line-saying.ts";
import { appendEntries, EMPTY_LOG } from "./log-line.ts";

const entry: LogEntry = {
  targetId: "i-1",
  hostName: "web-1",
  lifecycleEvent: "ApplicationStart",
  at: new Date(0),
  stream: "stderr",
  scriptName: "start.sh",
  text: "connect ECONNREFUSED 10.0.0.1:5432 after 3 s\nretry\nconnect ECONNREFUSED 10.0.0.1:5432 after 9 s\nfailed\n",
};
const { lines } = appendEntries(EMPTY_LOG, [entry]);

test("finds the line by its text, or by what it has in common with another host's", () => {
  expect(lineSaying(lines, "retry")?.number).toBe(2);
  expect(lineSaying(lines, "connect ECONNREFUSED 10.0.7.8:5432 after 4 s")?.number).toBe(3);
  expect(lineSaying(lines, "something else")).toBeUndefined();
});
