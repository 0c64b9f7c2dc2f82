import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseAllDocuments } from "yaml";
import { faultOffset, faultReason } from "../app-spec/yaml-fault.ts";
import { excerpt } from "../excerpt.ts";
import { reasonOf } from "../reason-of.ts";
import { addFault, type SpecFaults } from "./spec-fault.ts";
import { memberPath, type SpecMember, type SpecSpot, type SpecValue } from "./spec-value.ts";

/** Maps and lists within each other; the AppSpec of ECS needs nine. */
export const MAX_SERVICE_APP_SPEC_DEPTH = 20;

/**
 * The one document of a YAML or JSON text. The service reads these AppSpecs itself, so they are plain YAML 1.2, and not what the agents'
 * parser makes of one. Undefined: there is none that could be looked at, and `faults` says why.
 */
export function readSpecDocument(text: string, faults: SpecFaults): SpecValue | undefined {
  const lines = new LineCounter();
  const document = parse(text, lines, faults);
  if (!document) return undefined;
  const [error] = document.errors;
  if (error) {
    const spot = spotAt(faultOffset(error, text, []), lines);
    return addFault(faults, { path: "", ...spot }, `is not valid YAML or JSON: ${faultReason(error)}`);
  }
  return specValueOf(document.contents, { lines, faults, path: "", depth: 0, spot: { line: 1 } });
}

function parse(text: string, lines: LineCounter, faults: SpecFaults): Document.Parsed | undefined {
  let documents: ReturnType<typeof parseAllDocuments>;
  try {
    documents = parseAllDocuments(text, {
      lineCounter: lines,
      uniqueKeys: false,
      logLevel: "silent",
      prettyErrors: false,
    });
  } catch (error) {
    // The parser goes down with the text, as deep as the stack allows.
    return addFault(faults, { path: "", line: null }, `cannot be read as YAML or JSON: ${reasonOf(error)}`);
  }
  const [first, second] = documents as readonly Document.Parsed[];
  if (!first) return addFault(faults, { path: "", line: null }, "is empty: write version and Resources");
  if (!second) return first;
  return addFault(
    faults,
    { path: "", ...spotAt(second.range[0], lines) },
    "holds a second document: keep one of them, and no line of ---",
  );
}

interface Reading {
  readonly lines: LineCounter;
  readonly faults: SpecFaults;
  readonly path: string;
  readonly depth: number;
  /** Where the value has no place of its own. */
  readonly spot: SpecSpot;
}

function specValueOf(node: ParsedNode | null, reading: Reading): SpecValue | undefined {
  const { path, faults, depth } = reading;
  const spot = spotOfNode(node, reading) ?? reading.spot;
  if (depth > MAX_SERVICE_APP_SPEC_DEPTH) {
    return addFault(faults, { path, ...spot }, `lies more than ${MAX_SERVICE_APP_SPEC_DEPTH} maps and lists deep`);
  }
  if (node === null) return { path, ...spot, kind: "empty" };
  if (isAlias(node)) return addFault(faults, { path, ...spot }, `is the alias *${node.source}: write the value out`);
  if (isMap(node)) return { path, ...spot, kind: "map", members: membersOf(node.items, { ...reading, spot }) };
  if (isSeq(node)) {
    const items = node.items.flatMap((item, index) => {
      const place = { ...reading, path: `${path}[${index}]`, depth: depth + 1, spot };
      return specValueOf(item as ParsedNode, place) ?? [];
    });
    return { path, ...spot, kind: "list", items };
  }
  return isScalar(node) ? scalarOf(node.value, node.source ?? String(node.value), { path, ...spot }) : undefined;
}

function membersOf(
  items: readonly { readonly key: unknown; readonly value: unknown }[],
  reading: Reading,
): SpecMember[] {
  const { path, faults, depth } = reading;
  return items.flatMap((pair): SpecMember[] => {
    const keyNode = pair.key as ParsedNode | null;
    const spot = spotOfNode(keyNode, reading) ?? reading.spot;
    if (!isScalar(keyNode)) {
      addFault(faults, { path, ...spot }, "has a key that is no text: write a name");
      return [];
    }
    const key = keyNode.source ?? String(keyNode.value);
    const value = specValueOf(pair.value as ParsedNode | null, {
      ...reading,
      path: memberPath(path, excerpt(key)),
      depth: depth + 1,
      spot,
    });
    return value ? [{ key, ...spot, value }] : [];
  });
}

function scalarOf(value: unknown, written: string, place: SpecSpot & Pick<SpecValue, "path">): SpecValue {
  if (value === null) return { ...place, kind: "empty" };
  if (typeof value === "number") return { ...place, kind: "number", number: value, written };
  if (typeof value === "boolean") return { ...place, kind: "boolean", written };
  return { ...place, kind: "text", text: String(value) };
}

function spotOfNode(node: ParsedNode | null, { lines }: Reading): SpecSpot | undefined {
  return node?.range ? spotAt(node.range[0], lines) : undefined;
}

function spotAt(offset: number, lines: LineCounter): SpecSpot {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
