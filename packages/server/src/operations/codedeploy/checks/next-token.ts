import { CallerFault } from "@sluice/model/caller-fault.ts";
import { PAGE_ITEMS } from "@sluice/model/limits.ts";

/** The last item of a page, as the listing orders its items: the next page begins after it, whatever changed meanwhile. */
type Position = readonly (string | number)[];

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
}

/** How many items to read for a page: one more than it holds tells whether another follows. */
export const PAGE_READ_ITEMS = PAGE_ITEMS + 1;

export function toPage<Item>(listing: string, read: readonly Item[], positionOf: (item: Item) => Position): Page<Item> {
  const items = read.slice(0, PAGE_ITEMS);
  const last = items.at(-1);
  const hasMore = read.length > PAGE_ITEMS && last !== undefined;
  return { items, nextToken: hasMore ? formatToken(listing, positionOf(last)) : undefined };
}

/**
 * The position that a token stands for; undefined for the first page. A token serves only the listing that gave it, and `shape` says
 * of what types its position is made.
 */
export function readNextToken<const Shape extends readonly ("string" | "number")[]>(
  listing: string,
  token: string | undefined,
  shape: Shape,
): { [Index in keyof Shape]: Shape[Index] extends "string" ? string : number } | undefined {
  if (token === undefined) return undefined;
  const parts = parseToken(token);
  const [name, ...position] = parts ?? [];
  const isOurs =
    name === listing &&
    position.length === shape.length &&
    position.every((part, index) => typeof part === shape[index]);
  if (isOurs) return position as ReturnType<typeof readNextToken<Shape>>;
  throw new CallerFault(
    "InvalidNextTokenException",
    `The nextToken is not one that ${listing} gave: pass it unchanged, or leave it out to start from the beginning.`,
  );
}

/** What stands for a position; {@link readNextToken} reads it. */
export function formatToken(listing: string, position: Position): string {
  return Buffer.from(JSON.stringify([listing, ...position])).toString("base64url");
}

function parseToken(token: string): readonly unknown[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    return Array.isArray(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}
