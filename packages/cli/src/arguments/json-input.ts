import { readFile } from "node:fs/promises";
import { text as readStream } from "node:stream/consumers";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import type { Shape, StructureShape } from "@sluice/wire/shapes/shape.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { nearestWord } from "./nearest-word.ts";

const STANDARD_INPUT = "-";
const TYPE_OF_KIND = {
  string: "string",
  boolean: "boolean",
  integer: "number",
  long: "number",
  double: "number",
  timestamp: "number",
  blob: "string",
  list: "list",
  map: "object",
  structure: "object",
} as const;

/**
 * Reads an operation's input in the API's shape, as `aws deploy … --cli-input-json` takes it.
 * @param file `-` is standard input
 * @param option which names the file, for messages
 * @param asInput makes an input of what the API prints, which has members that no input has
 * @throws CommandFailed that names the member which the API does not have, or of which the value does not fit
 */
export async function readJsonInput(
  file: string,
  shape: StructureShape,
  asInput: (printed: Record<string, unknown>) => Record<string, unknown> = (printed) => printed,
  option = "--from-json",
): Promise<Record<string, unknown>> {
  const source = `${option} ${file}`;
  const value = parse(await readText(file, source), source);
  if (typeOf(value) !== "object") throw wrong(source, "it is not a JSON object");
  const given = asInput(value as Record<string, unknown>);
  check(given, shape, "", source);
  return given;
}

/** The members but those of the names. */
export function without(members: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}

async function readText(file: string, source: string): Promise<string> {
  if (file === STANDARD_INPUT) return readStream(process.stdin);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw wrong(source, `it ${whyUnreadable(error)}`);
  }
}

function parse(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(source, `it is not JSON: ${reasonOf(error)}`);
  }
}

function check(value: unknown, shape: Shape, path: string, source: string): void {
  const [found, wanted] = [typeOf(value), TYPE_OF_KIND[shape.kind]];
  if (found !== wanted)
    throw wrong(source, `${path} is ${withArticle(found)}, but the API expects ${withArticle(wanted)}`);
  switch (shape.kind) {
    case "structure":
      for (const [name, member] of Object.entries(value as object)) {
        const memberShape = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
        if (memberShape === undefined) throw wrong(source, unknownMember(path, name, shape));
        check(member, memberShape, path === "" ? name : `${path}.${name}`, source);
      }
      return;
    case "list":
      for (const [index, member] of (value as unknown[]).entries()) {
        check(member, shape.member, `${path}[${index}]`, source);
      }
      return;
    case "map":
      for (const [name, member] of Object.entries(value as object))
        check(member, shape.value, `${path}.${name}`, source);
      return;
    default:
  }
}

function unknownMember(path: string, name: string, { members }: StructureShape): string {
  const nearest = nearestWord(name, Object.keys(members));
  const where = path === "" ? "the API" : path;
  return `${where} has no member ${name}${nearest === undefined ? "" : `: did you mean ${nearest}?`}`;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

function withArticle(type: string): string {
  return type === "null" ? type : `${type === "object" ? "an" : "a"} ${type}`;
}

function wrong(source: string, problem: string): CommandFailed {
  return new CommandFailed(`${source}: ${problem}`, { exitStatus: EXIT_USAGE });
}
