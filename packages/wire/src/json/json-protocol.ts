import { CallerFault } from "@sluice/model/caller-fault.ts";
import { FAULTS, type FaultCode } from "@sluice/model/fault-codes.ts";
import type { OperationTable } from "../shapes/shape.ts";
import { type HttpHeaders, headerValue } from "../sigv4/http-request.ts";
import { readStructure, ShapeMismatch } from "./value-reader.ts";
import { writeStructure } from "./value-writer.ts";

export const JSON_CONTENT_TYPE = "application/x-amz-json-1.1";
/** The largest input that is read. CodeDeploy's own largest member is a revision's raw content; log batches are below 1 MiB. */
export const MAX_INPUT_BYTES = 4 * 1024 * 1024;
/** How deep an input may nest, in unknown members too. The deepest shape has a depth of 8. */
export const MAX_INPUT_DEPTH = 64;
/** Members, list entries, lists and objects: each costs far more than its bytes. The largest call, with all the output that an agent may send at once, has 140,000. */
export const MAX_INPUT_VALUES = 200_000;

const utf8 = new TextDecoder("utf-8", { fatal: true });

type InputOf<Operations, Name extends keyof Operations> = Operations[Name] extends { input: infer Input }
  ? Input
  : never;
type OutputOf<Operations, Name extends keyof Operations> = Operations[Name] extends { output: infer Output }
  ? Output
  : never;

export interface JsonTarget {
  /** `CodeDeploy_20141006`. */
  readonly prefix: string;
  readonly operation: string;
}

/** Reads `X-Amz-Target: <prefix>.<Operation>`; anything else is an UnknownOperationException. */
export function parseTarget(headers: HttpHeaders): JsonTarget {
  const target = headerValue(headers, "x-amz-target");
  const dot = target?.lastIndexOf(".") ?? -1;
  if (target === undefined || dot < 1 || dot === target.length - 1) {
    throw new CallerFault(
      "UnknownOperationException",
      target === undefined
        ? "The request has no X-Amz-Target header; it names the operation, such as CodeDeploy_20141006.ListApplications."
        : `X-Amz-Target '${target}' must have the form <service prefix>.<operation>.`,
    );
  }
  return { prefix: target.slice(0, dot), operation: target.slice(dot + 1) };
}

/** Whether the table has this operation; narrows the name. */
export function isOperation<Operations>(table: OperationTable, name: string): name is keyof Operations & string {
  return Object.hasOwn(table, name);
}

/**
 * Reads the body of an operation: bytes to a typed input. Malformed JSON and wrong types are a SerializationException that names the
 * path. Members that the model requires may be missing: CodeDeploy answers those with a fault for each field, from the operation.
 */
export function parseInput<Operations, Name extends keyof Operations & string>(
  table: OperationTable,
  operation: Name,
  body: Uint8Array,
): InputOf<Operations, Name> {
  const shape = table[operation]?.input;
  if (shape === undefined) throw new CallerFault("UnknownOperationException", `There is no operation '${operation}'.`);
  return readInput(shape, parseBody(body, MAX_INPUT_BYTES)) as InputOf<Operations, Name>;
}

/** Parsed JSON in the shape of an input, or a SerializationException that names the path. */
export function readInput(shape: OperationTable[string]["input"], value: unknown): Record<string, unknown> {
  try {
    return readStructure(shape, value);
  } catch (error) {
    if (error instanceof ShapeMismatch) throw serialization(error.message, error);
    throw error;
  }
}

/** A body as JSON, whatever it holds; one without bytes is `{}`. Throws CallerFault. */
export function parseBody(body: Uint8Array, maximumBytes: number): unknown {
  if (body.length === 0) return {};
  if (body.length > maximumBytes) {
    throw new CallerFault(
      "RequestEntityTooLargeException",
      `The request's body has ${body.length} bytes, more than the limit of ${maximumBytes}.`,
    );
  }
  checkStructure(body);
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    throw serialization(`The request's body is not JSON in UTF-8: ${(error as Error).message}`, error);
  }
}

/** Counts brackets and commas outside strings, over the bytes: before anything is built from them. */
function checkStructure(body: Uint8Array): void {
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index];
    if (inString) {
      if (byte === 0x5c) index += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) {
      inString = true;
    } else if (byte === 0x7b || byte === 0x5b) {
      values += 1;
      depth += 1;
      if (depth > MAX_INPUT_DEPTH) {
        throw serialization(`The request's body nests deeper than ${MAX_INPUT_DEPTH} levels.`);
      }
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
    } else if (byte === 0x2c) {
      values += 1;
    }
  }
  if (values > MAX_INPUT_VALUES) {
    throw serialization(
      `The request's body contains ${values} values, more than the limit of ${MAX_INPUT_VALUES}. Send fewer in one call.`,
    );
  }
}

function serialization(message: string, cause?: unknown): CallerFault {
  return new CallerFault("SerializationException", message, cause === undefined ? undefined : { cause });
}

/** JSON text of an operation's output. */
export function serialiseOutput<Operations, Name extends keyof Operations & string>(
  table: OperationTable,
  operation: Name,
  output: OutputOf<Operations, Name>,
): string {
  return writeStructure(table[operation]!.output, output as object);
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The bytes of an error: `{"__type", "message"}` with the status of its code, and the code once more as x-amzn-ErrorType. */
export function serialiseFault(
  fault: { readonly code: FaultCode; readonly message: string },
  requestId: string,
): JsonAnswer {
  return {
    status: FAULTS[fault.code],
    headers: {
      "content-type": JSON_CONTENT_TYPE,
      "x-amzn-requestid": requestId,
      "x-amzn-errortype": fault.code,
    },
    body: JSON.stringify({ __type: fault.code, message: fault.message }),
  };
}
