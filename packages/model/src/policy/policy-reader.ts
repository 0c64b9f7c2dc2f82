import { excerpt } from "../excerpt.ts";
import { nearestName } from "../nearest-name.ts";
import type { JsonNode } from "./json-node.ts";

/** Reading one policy: `refuse` throws its PolicyFault. `at` is the offset of what is wrong. */
export interface PolicyReader {
  readonly refuse: (path: string, at: number, problem: string) => never;
}

/** A text, number or truth value, with where it stands. */
export interface PlacedText {
  readonly text: string;
  readonly path: string;
  readonly at: number;
}

/** The members of an object that has no others than `names`. */
export function readMembers(
  node: JsonNode,
  path: string,
  names: readonly string[],
  reader: PolicyReader,
  advice: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, JsonNode> {
  if (node.kind !== "object") return reader.refuse(path, node.at, `is ${describe(node)}: write an object, { … }`);
  for (const { name, at } of node.members) {
    if (names.includes(name)) continue;
    const nearest = nearestName(name, names);
    const cure =
      (Object.hasOwn(advice, name) ? advice[name] : undefined) ??
      (nearest === undefined ? `remove it; there are ${names.join(", ")}` : `write ${nearest}`);
    reader.refuse(memberPath(path, name), at, `is no member of ${path === "" ? "a policy" : "a statement"}: ${cure}`);
  }
  return new Map(node.members.map(({ name, node: value }) => [name, value]));
}

export function readText(node: JsonNode, path: string, reader: PolicyReader): string {
  return node.kind === "text" ? node.text : reader.refuse(path, node.at, `is ${describe(node)}: write a text, "…"`);
}

/** One value or a list of them; `kinds` says what a value may be. */
export function readValues(
  node: JsonNode,
  path: string,
  kinds: readonly JsonNode["kind"][],
  reader: PolicyReader,
): readonly PlacedText[] {
  const nodes = node.kind === "list" ? node.items : [node];
  if (nodes.length === 0) return reader.refuse(path, node.at, "is an empty list: name at least one value");
  return nodes.map((one, index) => {
    const ownPath = node.kind === "list" ? `${path}[${index}]` : path;
    if (kinds.includes(one.kind) && "text" in one) return { text: one.text, path: ownPath, at: one.at };
    return reader.refuse(ownPath, one.at, `is ${describe(one)}: write a text, "…", or a list of texts`);
  });
}

/** `a.b`, or `a["b c"]` for a name that is not made of letters, digits and a few signs. */
export function memberPath(path: string, name: string): string {
  if (!/^[\w:/-]{1,120}$/.test(name)) return `${path}[${JSON.stringify(excerpt(name))}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** What a value is, for messages. */
export function describe(node: JsonNode): string {
  switch (node.kind) {
    case "object":
      return node.members.length === 0 ? "an empty object" : "an object";
    case "list":
      return "a list";
    case "text":
      return JSON.stringify(excerpt(node.text));
    case "number":
    case "boolean":
    case "null":
      return excerpt(node.text);
    default:
      return node satisfies never;
  }
}
