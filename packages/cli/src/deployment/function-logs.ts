import { visibleText } from "@sluice/model/visible-text.ts";
import type { FunctionLogEntry } from "@sluice/wire/sluice/sluice-api.ts";
import { print, printError, printJsonLine, printRaw } from "../output.ts";
import type { Connection } from "../place/server-connection.ts";

/** The longest that the server holds an answer (GetFunctionLogs). */
const WAIT_SECONDS = 20;

export interface FunctionLogOptions {
  readonly follow?: boolean;
  readonly tail?: number;
  readonly raw?: boolean;
  readonly json?: boolean;
}

/** Prints what a function wrote, the oldest first; with `follow` until Ctrl-C. */
export async function printFunctionLogs(
  connection: Connection,
  functionName: string,
  { follow, tail, raw, json }: FunctionLogOptions,
): Promise<void> {
  const printEntry = json ? printJsonLine : raw ? printRawLine : printLine;
  let cursor: string | undefined;
  let isEmpty = true;
  do {
    const page = await connection.sluice.call("GetFunctionLogs", {
      function: functionName,
      ...(cursor === undefined ? { tail } : { cursor }),
      waitSeconds: follow && cursor !== undefined ? WAIT_SECONDS : 0,
    });
    if (page.cut) printError("Earlier lines are left out.");
    for (const entry of page.entries) printEntry(entry);
    isEmpty &&= page.entries.length === 0;
    cursor = page.cursor;
  } while (follow);
  if (isEmpty) printError(`The function ${functionName} has written nothing.`);
}

function printRawLine({ text }: FunctionLogEntry): void {
  printRaw(`${text}\n`);
}

function printLine({ at, text }: FunctionLogEntry): void {
  print(`${at.toISOString()} ${visibleText(text)}`);
}
