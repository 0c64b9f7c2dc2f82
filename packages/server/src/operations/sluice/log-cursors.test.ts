import { afterEach, beforeEach, expect, it } from "vitest";
import { insertFunction } from "../../store/lambda/functions.ts";
import { functionRow } from "../../store/lambda/rows.fixture.ts";
import { openStore, type Store } from "../../store/open-store.ts";
import { pageTokensOf } from "../page-tokens.ts";
import { getTaskLogs } from "./get-task-logs.ts";
import { type LogName, logCursorsOf } from "./log-cursors.ts";

const LOG: LogName = ["GetTaskLogs", { taskId: "t" }, null];
let store: Store;
beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
});
afterEach(() => store.close());

const NOON = Date.UTC(2026, 10, 30, 12);
const REFUSED = expect.objectContaining({ code: "InvalidNextTokenException" });
/** Of a service with very many tasks. */
const LONG = "x".repeat(200_000);

it("shows no place, is the same for the same place, and is good for its log alone", async () => {
  const cursors = await logCursorsOf(store, await pageTokensOf(store, "1"), () => NOON);
  const cursor = cursors.seal(LOG, "1:7");
  expect(Buffer.from(cursor, "base64url").includes("1:7")).toBe(false);
  expect(cursors.seal(LOG, "1:7")).toBe(cursor);
  expect(new Set(["1:8", "1:7 "].map((place) => cursors.seal(LOG, place))).has(cursor)).toBe(false);
  expect(cursors.seal(["GetTaskLogs", { taskId: "u" }, null], "1:7")).not.toBe(cursor);
  expect(cursors.open(LOG, cursor)).toBe("1:7");
  expect(cursors.open(LOG, undefined)).toBeUndefined();
  // Nobody has read from a new installation before.
  expect(() => cursors.open(LOG, "1:7")).toThrow(REFUSED);
  expect(cursors.open(LOG, cursors.seal(LOG, LONG))).toBe(LONG);
});

it("takes a place as it is for an hour after the upgrade, for those who were reading", async () => {
  await store.write(({ db }) => insertFunction(db, functionRow()));
  let now = NOON;
  const tokens = await pageTokensOf(store, "1");
  await logCursorsOf(store, tokens, () => now);
  now += 3_599_999;
  // Started anew meanwhile: the hour is not.
  const cursors = await logCursorsOf(store, tokens, () => now);
  expect(cursors.open(LOG, "1:7")).toBe("1:7");
  now += 1;
  expect(() => cursors.open(LOG, "1:7")).toThrow(REFUSED);
  expect(() => cursors.open(["GetFunctionLogs", "f"], cursors.seal(LOG, "1:7"))).toThrow(REFUSED);
});

it("is what GetTaskLogs gives, for the tasks and the container that were asked for", async () => {
  const cursors = await logCursorsOf(store, await pageTokensOf(store, "1"), () => NOON);
  const places: (string | undefined)[] = [];
  const read = async (_asked: unknown, { cursor }: { readonly cursor?: string | undefined }) => {
    places.push(cursor);
    return { lines: [], cursor: `${cursor ?? ""}+`, isCut: false, hasEnded: false };
  };
  const context = { taskLogs: { read }, logCursors: cursors, signal: new AbortController().signal } as never;
  const first = await getTaskLogs({ task: "t", container: "web" }, context);
  await getTaskLogs({ task: "t", container: "web", cursor: first.cursor, waitSeconds: 1 }, context);
  expect(places.slice(0, 3)).toEqual([undefined, "+", "++"]);
  for (const other of [{ task: "t" }, { task: "u", container: "web" }]) {
    await expect(getTaskLogs({ ...other, cursor: first.cursor }, context)).rejects.toThrow(REFUSED);
  }
});
