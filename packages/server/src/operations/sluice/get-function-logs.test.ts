import { CallerFault } from "@sluice/model/caller-fault.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { FunctionLogQuery } from "../../functions/function-log-page.ts";
import { insertFunction } from "../../store/lambda/functions.ts";
import { functionRow } from "../../store/lambda/rows.fixture.ts";
import { openStore, type Store } from "../../store/open-store.ts";
import { pageTokens } from "../page-tokens.ts";
import { getFunctionLogs } from "./get-function-logs.ts";
import { logCursors } from "./log-cursors.ts";
import type { SluiceContext } from "./sluice-context.ts";

const never = new AbortController().signal;
const CURSORS = logCursors(pageTokens("the secret of a test", "111122223333"));
const cursorAt = (place: string) => CURSORS.seal(["GetFunctionLogs", "payments"], place);
const LINE = { at: 1_000, text: "one \u001b[31m" };
let store: Store;
let asked: FunctionLogQuery[];

beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  await store.write(({ db }) => insertFunction(db, functionRow()));
  asked = [];
});
afterEach(() => store.close());

/** @param pages what its log has, look by look */
function contextWith(pages: readonly (typeof LINE)[][], hasFunctions = true): SluiceContext {
  const read = async (_functionName: string, query: FunctionLogQuery) => {
    asked.push(query);
    const lines = pages[Math.min(asked.length, pages.length) - 1];
    return lines && { lines, cursor: "1:7", isCut: false };
  };
  const functionLogs = hasFunctions ? { read } : undefined;
  const named = { region: "us-east-1", accountId: "111122223333" };
  return { store, ...named, signal: never, functionLogs, logCursors: CURSORS } as SluiceContext;
}

it("has what a function wrote, by its name or its ARN", async () => {
  for (const name of ["payments", "arn:aws:lambda:us-east-1:111122223333:function:payments"]) {
    expect(await getFunctionLogs({ function: name, tail: 3 }, contextWith([[LINE]]))).toEqual({
      entries: [{ at: new Date(1_000), text: LINE.text }],
      cursor: cursorAt("1:7"),
      cut: false,
    });
  }
  expect(asked).toMatchObject([{ tailLines: 3 }, { tailLines: 3 }]);
});

it("is held until there is something, from the cursor on", async () => {
  const waited = await getFunctionLogs(
    { function: "payments", cursor: cursorAt("1:7"), waitSeconds: 20 },
    contextWith([[], [], [LINE]]),
  );
  expect(waited.entries).toHaveLength(1);
  expect(asked.map(({ cursor }) => cursor)).toEqual(["1:7", "1:7", "1:7"]);
  const quiet = await getFunctionLogs({ function: "payments" }, contextWith([]));
  expect(quiet).toEqual({ entries: [], cursor: cursorAt("1:0"), cut: false });
});

it.each([
  [{ function: "nobody" }, "LogDoesNotExistException", /no function nobody .* aws lambda list-functions/],
  [{ function: "https://elsewhere" }, "LogDoesNotExistException", /no function https/],
  [{ function: "payments", tail: 2_001 }, "ValidationException", /tail is 2001: give 0 to 2000/],
  [{ function: "payments", waitSeconds: 21 }, "ValidationException", /waitSeconds is 21/],
  [{ function: "payments", cursor: "1:0" }, "InvalidNextTokenException", /not one that GetFunctionLogs gave/],
  [{ function: "payments", tail: 1, cursor: "1:0" }, "ValidationException", /leave out tail/],
] as const)("refuses %j", async (input, code, message) => {
  const refusal = await getFunctionLogs(input, contextWith([])).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(CallerFault);
  expect(refusal).toMatchObject({ code, message: expect.stringMatching(message) });
});

it("says which binding a server without functions lacks", async () => {
  await expect(getFunctionLogs({ function: "payments" }, contextWith([], false))).rejects.toMatchObject({
    code: "ValidationException",
    message: expect.stringContaining("port: function-alias, driver: functions"),
  });
});
