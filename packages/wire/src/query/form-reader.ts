import { excerpt } from "@sluice/model/excerpt.ts";
import { SCALAR_KINDS, scalarOf } from "../json/scalar-text.ts";
import { isStorable } from "../json/storable-text.ts";
import type { ListShape, MapShape, ScalarShape, Shape, StructureShape } from "../shapes/shape.ts";

/** A parameter that does not have its shape; `message` begins with its name: `Tags.member.1.Key: expected Integer, got "x"`. */
export class FormMismatch extends Error {
  constructor(name: string, problem: string) {
    super(`${name === "" ? "the request" : excerpt(name)}: ${problem}`);
    this.name = "FormMismatch";
  }
}

/** A form's parameters by the parts of their names: `Tags.member.1.Key=a` is at Tags, member, 1, Key. */
interface FormNode {
  /** Of the name that ends here. */
  value: string | undefined;
  readonly children: Map<string, FormNode>;
}

/** Of a list's member or a map's entry. AWS counts from one; whoever counts from zero is read as well. */
const INDEX = /^(0|[1-9]\d{0,8})$/;

/**
 * Brings a form into the shape of an operation's input, by the rules of the query protocol: `Name.member.N` for lists, `Name.entry.N.key` and
 * `.value` for maps, `Name.Member` for structures. Parameters that the shape lacks are dropped, as AWS drops them; missing ones are no concern
 * of the wire. `Name=` alone is a list or map without members. Throws {@link FormMismatch}.
 */
export function readForm(shape: StructureShape, parameters: URLSearchParams): Record<string, unknown> {
  const root = newNode();
  for (const [name, value] of parameters) {
    // What the input has no member for is not even looked at: presigned queries have a dozen such.
    const [first = ""] = name.split(".", 1);
    if (Object.hasOwn(shape.members, first)) plant(root, name, value);
  }
  return readStructure(shape, root, "");
}

function newNode(): FormNode {
  return { value: undefined, children: new Map() };
}

function plant(root: FormNode, name: string, value: string): void {
  let node = root;
  for (const part of name.split(".")) {
    let child = node.children.get(part);
    if (child === undefined) {
      child = newNode();
      node.children.set(part, child);
    }
    node = child;
  }
  if (node.value !== undefined) throw new FormMismatch(name, "it is given more than once: give it once");
  node.value = value;
}

function readStructure(shape: StructureShape, node: FormNode, name: string): Record<string, unknown> {
  if (node.value !== undefined && node.value !== "") throw mismatch(name, "Structure", node.value);
  const result: Record<string, unknown> = {};
  for (const [member, child] of node.children) {
    if (!Object.hasOwn(shape.members, member)) continue;
    result[member] = readValue(shape.members[member]!, child, name === "" ? member : `${name}.${member}`);
  }
  return result;
}

function readValue(shape: Shape, node: FormNode, name: string): unknown {
  switch (shape.kind) {
    case "list":
      return readList(shape, node, name);
    case "map":
      return readMap(shape, node, name);
    case "structure":
      return readStructure(shape, node, name);
    default:
      if (node.value === undefined)
        throw new FormMismatch(name, `expected ${SCALAR_KINDS[shape.kind]}, got a structure`);
      return readScalar(shape, node.value, name);
  }
}

function readList(shape: ListShape, node: FormNode, name: string): unknown[] {
  return numbered(node, "member", name).map(([at, child]) => readValue(shape.member, child, at));
}

function readMap(shape: MapShape, node: FormNode, name: string): Record<string, unknown> {
  const entries = numbered(node, "entry", name).map(([at, child]) => {
    const key = child.children.get("key")?.value;
    const value = child.children.get("value");
    if (key === undefined || value === undefined) throw new FormMismatch(at, "an entry has a key and a value");
    if (!isStorable(key)) throw mismatch(`${at}.key`, "String", key);
    return [key, readValue(shape.value, value, `${at}.value`)] as const;
  });
  // fromEntries defines own properties: a key `__proto__` stays a key.
  return Object.fromEntries(entries);
}

/** What is below `Name.member` (or `Name.entry`), in the order of its numbers, each with its whole name. */
function numbered(node: FormNode, part: "member" | "entry", name: string): [name: string, node: FormNode][] {
  if (node.value !== undefined && node.value !== "") {
    throw mismatch(name, part === "member" ? "List" : "Map", node.value);
  }
  const below = node.children.get(part);
  if (below?.value !== undefined) throw mismatch(`${name}.${part}`, "a number", below.value);
  const foreign = [...node.children.keys()].find((child) => child !== part);
  if (foreign !== undefined) throw new FormMismatch(`${name}.${foreign}`, `expected ${name}.${part}.1`);
  return [...(below?.children ?? [])]
    .map(([index, child]) => {
      if (!INDEX.test(index)) throw new FormMismatch(`${name}.${part}.${index}`, "expected a number");
      return [Number(index), child] as const;
    })
    .sort(([one], [other]) => one - other)
    .map(([index, child]) => [`${name}.${part}.${index}`, child]);
}

function readScalar(shape: ScalarShape, text: string, name: string): unknown {
  const value = scalarOf(shape, text);
  if (value === undefined) throw mismatch(name, SCALAR_KINDS[shape.kind], text);
  return value;
}

function mismatch(name: string, expected: string, text: string): FormMismatch {
  return new FormMismatch(name, `expected ${expected}, got "${excerpt(text)}"`);
}
