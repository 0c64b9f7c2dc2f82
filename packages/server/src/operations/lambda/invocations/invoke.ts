import type { InvocationRequest, InvocationResponse } from "@aws-sdk/client-lambda";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_CLIENT_CONTEXT_CHARACTERS } from "@sluice/model/lambda-limits.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { INVOKE_RULES } from "../checks/function-members.ts";
import { readFunctionName } from "../checks/function-name.ts";
import { invalid, requireSupported } from "../checks/lambda-faults.ts";
import type { LambdaContext } from "../lambda-context.ts";

/** What is written as the answer; `requestId` is the invocation's own. */
export interface InvokeAnswer {
  readonly output: Omit<InvocationResponse, "Payload"> & { readonly Payload?: Uint8Array };
  readonly requestId?: string | undefined;
}

type InvokeContext = Pick<LambdaContext, "platform" | "region" | "accountId" | "signal">;

/** The payload's bytes go to the function as they came, and its answer to the caller. */
export async function invoke(input: InvocationRequest, context: InvokeContext): Promise<InvokeAnswer> {
  const { platform, signal } = context;
  requireSupported(input, INVOKE_RULES, platform.place);
  const { functionName, qualifier } = readFunctionName(input.FunctionName, context, input.Qualifier);
  const payload = input.Payload ?? NOTHING;
  const isTail = readLogType(input.LogType);
  requireJson(payload);
  switch (input.InvocationType ?? "RequestResponse") {
    case "RequestResponse": {
      const clientContext = readClientContext(input.ClientContext);
      const invocation = { functionName, qualifier, payload, ...(clientContext !== undefined && { clientContext }) };
      const done = await platform.functions.invoke(invocation, signal);
      return {
        requestId: done.requestId,
        output: {
          StatusCode: 200,
          ExecutedVersion: done.executedVersion,
          Payload: done.payload,
          ...(done.outcome === "failed" && { FunctionError: "Unhandled" }),
          ...(isTail && { LogResult: Buffer.from(done.logTail).toString("base64") }),
        },
      };
    }
    case "Event": {
      const { requestId } = await platform.functions.invokeLater({ functionName, qualifier, payload });
      return { requestId, output: { StatusCode: 202 } };
    }
    case "DryRun":
      await platform.functions.check({ functionName, qualifier });
      return { output: { StatusCode: 204 } };
    default:
      throw invalid(
        `InvocationType ${excerpt(JSON.stringify(input.InvocationType))} is not known: give RequestResponse, Event or DryRun.`,
      );
  }
}

const NOTHING = new Uint8Array();
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Lambda tells its caller, and not the function, of a payload that is not JSON. */
function requireJson(payload: Uint8Array): void {
  if (payload.byteLength === 0) return;
  try {
    JSON.parse(utf8.decode(payload));
  } catch (error) {
    throw notJson("request body", error);
  }
}

function readLogType(logType = "None"): boolean {
  if (logType === "Tail" || logType === "None") return logType === "Tail";
  throw invalid(`LogType ${excerpt(JSON.stringify(logType))} is not known: give None or Tail.`);
}

/** It comes in base64, and the function gets its JSON, in a header. */
function readClientContext(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (text.length > MAX_CLIENT_CONTEXT_CHARACTERS) {
    throw invalid(`ClientContext has ${text.length} characters: give at most ${MAX_CLIENT_CONTEXT_CHARACTERS}.`);
  }
  const json = Buffer.from(text, "base64");
  try {
    const decoded = utf8.decode(json);
    JSON.parse(decoded);
    return headerJson(decoded);
  } catch (error) {
    throw notJson("ClientContext (base64)", error);
  }
}

/** The same JSON of characters that every header may have: line ends are only between its parts, and all others only in its strings. */
function headerJson(json: string): string {
  return json
    .replace(/[\t\n\r]/g, " ")
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function notJson(what: string, cause: unknown): CallerFault {
  return new CallerFault(
    "InvalidRequestContentException",
    `Could not parse ${what} into json: ${excerpt(reasonOf(cause))}`,
    { cause },
  );
}
