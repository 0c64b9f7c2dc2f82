import { truncate } from "@sluice/model/excerpt.ts";
import type { Shape } from "@sluice/wire/shapes/shape.ts";
import { LOOKS_SECRET, secrecyOf } from "./secret-members.ts";

/** What stands for a value that is not written. */
export const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";

/** Longer texts are cut: specifications and policies among them. */
export const MAX_AUDIT_TEXT_CHARACTERS = 2_048;
/** Of one list or map. */
export const MAX_AUDIT_LIST_ITEMS = 100;
/** Values in one line's parameters. */
export const MAX_AUDIT_VALUES = 1_000;
/** Of all texts in one line's parameters. */
export const MAX_AUDIT_PARAMETER_CHARACTERS = 32_768;

/** What one line may still hold. */
interface Room {
  values: number;
  characters: number;
}

/**
 * The request as it may be written: secrets are hidden by the operation's shape, what programs are started with keeps its names, and what is
 * large is cut with a note. The work is bounded, however large the request is.
 */
export function toldParameters(shape: Shape, input: unknown): unknown {
  return told(shape, input, { values: MAX_AUDIT_VALUES, characters: MAX_AUDIT_PARAMETER_CHARACTERS });
}

function told(shape: Shape, value: unknown, room: Room): unknown {
  if (value === undefined || value === null) return value;
  room.values -= 1;
  switch (shape.kind) {
    case "string":
      return toldText(String(value), room);
    case "blob":
      return `… [${(value as Uint8Array).byteLength} bytes]`;
    case "list":
      return toldList(value as readonly unknown[], (item) => told(shape.member, item, room), room);
    case "map":
      return toldEntries(value, (_name, one) => told(shape.value, one, room), room);
    case "structure":
      return toldEntries(
        value,
        (name, one) =>
          Object.hasOwn(shape.members, name) ? toldMember(name, shape.members[name]!, one, room) : undefined,
        room,
      );
    default:
      return value;
  }
}

function toldMember(name: string, shape: Shape, value: unknown, room: Room): unknown {
  if (value === undefined || value === null) return value;
  // Whatever nobody has decided on is hidden.
  const secrecy = secrecyOf(name) ?? (LOOKS_SECRET.test(name) ? "secret" : "open");
  if (secrecy === "secret") return HIDDEN;
  return secrecy === "values" ? withoutValues(shape, value, room) : told(shape, value, room);
}

/** Of a map its names, and of a list of names and values the names. Anything else of such a member is hidden. */
function withoutValues(shape: Shape, value: unknown, room: Room): unknown {
  if (shape.kind === "map") return toldEntries(value, () => HIDDEN, room);
  if (shape.kind !== "list") return HIDDEN;
  return toldList(
    value as readonly { readonly name?: unknown }[],
    ({ name }) => (typeof name === "string" ? { name: toldText(name, room), value: HIDDEN } : HIDDEN),
    room,
  );
}

function toldList<Item>(items: readonly Item[], tell: (item: Item) => unknown, room: Room): unknown[] {
  const list: unknown[] = [];
  for (const item of items) {
    if (list.length >= MAX_AUDIT_LIST_ITEMS || isFull(room)) {
      list.push(`… [cut: ${items.length} items]`);
      break;
    }
    list.push(tell(item));
  }
  return list;
}

function toldEntries(value: unknown, tell: (name: string, value: unknown) => unknown, room: Room): object {
  const told: Record<string, unknown> = {};
  const entries = Object.entries(value as object);
  let count = 0;
  for (const [name, one] of entries) {
    if (one === undefined) continue;
    if (count >= MAX_AUDIT_LIST_ITEMS || isFull(room)) {
      told["…"] = `[cut: ${entries.length} members]`;
      break;
    }
    count += 1;
    told[toldText(name, room)] = tell(name, one);
  }
  return told;
}

function toldText(text: string, room: Room): string {
  const cut = truncate(text, Math.min(MAX_AUDIT_TEXT_CHARACTERS, Math.max(room.characters, 0)));
  room.characters -= cut.length;
  return cut;
}

function isFull({ values, characters }: Room): boolean {
  return values <= 0 || characters <= 0;
}
