import { setTimeout as pause } from "node:timers/promises";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { GetFunctionLogsInput, GetFunctionLogsOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { type FunctionLogPage, MAX_FUNCTION_LOG_LINES } from "../../functions/function-log-page.ts";
import { namedFunction } from "../../functions/named-function.ts";
import { findFunction } from "../../store/lambda/functions.ts";
import type { Operation } from "../operation.ts";
import { MAX_LOG_WAIT_SECONDS } from "./get-deployment-logs.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** How often a waiting call looks. */
const LOOK_AGAIN_MILLISECONDS = 250;
const BINDING = '- { match: "*", port: function-alias, driver: functions }';
const NOTHING: FunctionLogPage = { lines: [], cursor: "1:0", isCut: false };

/** What a function's environments wrote, all of them together; held until there is something to say. */
export const getFunctionLogs: Operation<GetFunctionLogsInput, GetFunctionLogsOutput, SluiceContext> = async (
  input,
  context,
) => {
  const { functionLogs, store, signal } = context;
  const tailLines = requireWithin("tail", input.tail ?? MAX_FUNCTION_LOG_LINES, MAX_FUNCTION_LOG_LINES);
  const waitSeconds = requireWithin("waitSeconds", input.waitSeconds ?? 0, MAX_LOG_WAIT_SECONDS);
  if (input.cursor !== undefined && input.tail !== undefined) {
    throw new CallerFault("ValidationException", "cursor goes on where the answer before ended: leave out tail.");
  }
  if (!functionLogs) {
    throw new CallerFault(
      "ValidationException",
      `This server runs no functions: add ${BINDING} to the bindings in sluice.yml, and restart the server with --config sluice.yml.`,
    );
  }
  const functionName = namedFunction(input.function, context)?.functionName;
  if (functionName === undefined || !(await findFunction(store.db, functionName))) throw missing(input.function);
  const log = ["GetFunctionLogs", functionName] as const;
  const cursor = context.logCursors.open(log, input.cursor);
  for (let left = waitSeconds * 1_000; ; left -= LOOK_AGAIN_MILLISECONDS) {
    const page = (await functionLogs.read(functionName, { tailLines, cursor })) ?? NOTHING;
    if (page.lines.length > 0 || left <= 0 || signal.aborted)
      return answerOf(page, context.logCursors.seal(log, page.cursor));
    await pause(LOOK_AGAIN_MILLISECONDS, undefined, { signal }).catch(() => {});
  }
};

function answerOf({ lines, isCut }: FunctionLogPage, cursor: string): GetFunctionLogsOutput {
  return { entries: lines.map(({ at, text }) => ({ at: new Date(at), text })), cursor, cut: isCut };
}

function requireWithin(name: string, value: number, most: number): number {
  if (value >= 0 && value <= most) return value;
  throw new CallerFault("ValidationException", `${name} is ${value}: give 0 to ${most}.`);
}

function missing(functionName: string): CallerFault {
  return new CallerFault(
    "LogDoesNotExistException",
    `There is no function ${excerpt(functionName)} on this server: aws lambda list-functions lists those that there are.`,
  );
}
