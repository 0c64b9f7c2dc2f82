import { writeStructure } from "../json/value-writer.ts";
import type { StructureShape } from "../shapes/shape.ts";
import { membersOfBody } from "./rest-call.ts";
import type { RestService } from "./rest-service.ts";

export const REST_CONTENT_TYPE = "application/json";
const NO_CONTENT = 204;

export interface RestAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** Empty with status 204. */
  readonly body: string | Uint8Array;
}

const bodyShapes = new WeakMap<StructureShape, StructureShape>();

/** An operation's output in all the places where its members belong. A member that is the whole body is written as it is. */
export function writeRestAnswer(
  { table, http }: RestService,
  operation: string,
  output: object,
  requestId: string,
): RestAnswer {
  const shape = table[operation]!.output;
  const { status: usual, output: places } = http[operation]!;
  const values = output as Readonly<Record<string, unknown>>;
  const status = places.statusCode === undefined ? usual : ((values[places.statusCode] as number | undefined) ?? usual);
  if (status === NO_CONTENT) return { status, headers: { "x-amzn-requestid": requestId }, body: "" };
  const headers: Record<string, string> = { "content-type": REST_CONTENT_TYPE, "x-amzn-requestid": requestId };
  for (const member in places.headers) {
    const value = values[member];
    if (value !== undefined) headers[places.headers[member]!] = String(value);
  }
  if (places.payload !== undefined) {
    return { status, headers, body: (values[places.payload] as Uint8Array | undefined) ?? "" };
  }
  let bodyShape = bodyShapes.get(shape);
  if (bodyShape === undefined) {
    bodyShape = { ...shape, members: membersOfBody(shape, places) };
    bodyShapes.set(shape, bodyShape);
  }
  return { status, headers, body: writeStructure(bodyShape, output) };
}
