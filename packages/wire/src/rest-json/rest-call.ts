/** REST-JSON: what AWS' older HTTP services speak. Lambda does. */
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { parseBody, readInput } from "../json/json-protocol.ts";
import { SCALAR_KINDS, scalarOf } from "../json/scalar-text.ts";
import type { MemberPlaces } from "../shapes/http-binding.ts";
import type { Shape, StructureShape } from "../shapes/shape.ts";
import { type HttpHeaders, headerValue } from "../sigv4/http-request.ts";
import type { RestRoute } from "./rest-routes.ts";
import type { RestService } from "./rest-service.ts";

export interface RestRequest {
  /** As it was sent, with its query. */
  readonly path: string;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
}

/**
 * The input of an operation, from all the places where its members are. Parameters and members that the model lacks are dropped, as AWS
 * drops them. A member that is the whole body is those bytes, and nothing looks into them. Throws CallerFault.
 */
export function readRestInput(
  { table, http }: RestService,
  { operation, labels }: RestRoute,
  { path, headers, body }: RestRequest,
): Record<string, unknown> {
  const { members } = table[operation]!.input;
  const places = http[operation]!.input;
  const input = readBodyMembers(table[operation]!.input, places, body);
  for (const [member, text] of labels) input[member] = readText(members[member]!, member, decodeLabel(member, text));
  if (places.query) readQuery(members, places.query, path, input);
  if (places.headers) {
    for (const member in places.headers) {
      const text = headerValue(headers, places.headers[member]!);
      if (text !== undefined) input[member] = readText(members[member]!, member, text);
    }
  }
  return input;
}

const bodyShapes = new WeakMap<StructureShape, StructureShape>();

function readBodyMembers(shape: StructureShape, places: MemberPlaces, body: Uint8Array): Record<string, unknown> {
  if (places.payload !== undefined) return { [places.payload]: body };
  let bodyShape = bodyShapes.get(shape);
  if (bodyShape === undefined) {
    bodyShape = { ...shape, members: membersOfBody(shape, places) };
    bodyShapes.set(shape, bodyShape);
  }
  // A call that has nothing in its body is read whatever is there.
  if (Object.keys(bodyShape.members).length === 0) return {};
  return readInput(bodyShape, parseJson(body));
}

/** All members that are in no other place. */
export function membersOfBody(
  { members }: StructureShape,
  { labels = [], query = {}, headers = {}, statusCode, payload }: MemberPlaces,
): StructureShape["members"] {
  const isElsewhere = (name: string) =>
    labels.includes(name) || name in query || name in headers || name === statusCode || name === payload;
  return Object.fromEntries(Object.entries(members).filter(([name]) => !isElsewhere(name)));
}

/** How large it may be was decided before it was read. */
function parseJson(body: Uint8Array): unknown {
  try {
    return parseBody(body, Number.POSITIVE_INFINITY);
  } catch (error) {
    if (!(error instanceof CallerFault)) throw error;
    throw new CallerFault(
      "InvalidRequestContentException",
      `Could not parse request body into json: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

function decodeLabel(member: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new CallerFault("SerializationException", `${member}: the path has escapes that are no UTF-8`, {
      cause: error,
    });
  }
}

function readQuery(
  members: StructureShape["members"],
  parameters: Readonly<Record<string, string>>,
  path: string,
  input: Record<string, unknown>,
): void {
  const question = path.indexOf("?");
  if (question < 0) return;
  const query = new URLSearchParams(path.slice(question + 1));
  for (const member in parameters) {
    const texts = query.getAll(parameters[member]!);
    if (texts.length === 0) continue;
    const shape = members[member]!;
    if (shape.kind === "list") input[member] = texts.map((text) => readText(shape.member, member, text));
    else if (texts.length === 1) input[member] = readText(shape, member, texts[0]!);
    else throw new CallerFault("SerializationException", `${member}: it is given more than once: give it once`);
  }
}

function readText(shape: Shape, member: string, text: string): unknown {
  if (shape.kind === "list" || shape.kind === "map" || shape.kind === "structure") {
    throw new CallerFault("SerializationException", `${member}: a ${shape.kind} cannot be in a path, query or header`);
  }
  const value = scalarOf(shape, text);
  if (value !== undefined) return value;
  throw new CallerFault(
    "SerializationException",
    `${member}: expected ${SCALAR_KINDS[shape.kind]}, got "${excerpt(text)}"`,
  );
}
