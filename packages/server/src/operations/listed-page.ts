import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { PageTokens } from "./page-tokens.ts";

/** Of what the last item of a page is told: the next page begins after it, whatever changed meanwhile. */
type Position = readonly (string | number)[];
type Shape = readonly ("string" | "number")[];
type PositionOf<S extends Shape> = { readonly [Index in keyof S]: S[Index] extends "string" ? string : number };

interface Listing<S extends Shape> {
  /** The operation. A token serves only the one that gave it. */
  readonly operation: string;
  /** What the caller gave: a token serves only calls with the same parameters, those of paging apart. */
  readonly input: object;
  readonly token: string | undefined;
  /** Items of a page. */
  readonly size: number;
  /** Of what types a position is made. */
  readonly shape: S;
  /** What a token that is none of this listing's is refused with; the usual one if absent. */
  readonly refuse?: (() => CallerFault) | undefined;
}

/** One page of a listing: where it begins, and how it is cut from what was read. */
export interface ListedPage<S extends Shape> {
  /** The item after which it begins; undefined: it is the first. */
  readonly after: PositionOf<S> | undefined;
  /** How many to read: one more than it holds tells whether another follows. */
  readonly limit: number;
  /** By the position of its last item. */
  tokenAfter(position: PositionOf<S>): string;
  /** What was read as items, and the token of the page after them, if there is more. */
  cut<Item>(read: readonly Item[], positionOf: (item: Item) => PositionOf<S>): CutPage<Item>;
}

export interface CutPage<Item> {
  readonly items: readonly Item[];
  /** Undefined: there is no more. */
  readonly nextToken: string | undefined;
}

/** Throws what `refuse` says of a token that this listing did not give, or gave for other parameters. */
export function openPage<const S extends Shape>(
  { operation, input, token, size, shape, refuse = () => notOurs(operation) }: Listing<S>,
  { pageTokens }: { readonly pageTokens: PageTokens },
): ListedPage<S> {
  const boundTo = JSON.stringify([operation, shape, parametersOf(input)]);
  const tokenAfter = (position: Position) => pageTokens.seal(boundTo, JSON.stringify(position));
  return {
    after: token === undefined ? undefined : positionIn(token),
    limit: size + 1,
    tokenAfter,
    cut(read, positionOf) {
      const items = read.slice(0, size);
      const last = items.at(-1);
      const hasMore = read.length > size && last !== undefined;
      return { items, nextToken: hasMore ? tokenAfter(positionOf(last)) : undefined };
    },
  };

  function positionIn(given: string): PositionOf<S> {
    const position = pageTokens.open(boundTo, given);
    if (position === undefined) throw refuse();
    // As it was sealed, for positions of this shape.
    return JSON.parse(position) as PositionOf<S>;
  }
}

function notOurs(operation: string): CallerFault {
  return new CallerFault(
    "InvalidNextTokenException",
    `The nextToken is not one that ${operation} gave for these parameters: pass it unchanged with the same parameters, or leave it out to start from the beginning.`,
  );
}

/** These may differ from page to page. */
const PAGING = new Set(["nextToken", "maxResults", "limit", "Marker", "MaxItems", "PageSize"]);

/** In one order. What is absent, null or an empty list is as if it were not there. */
function parametersOf(value: object): unknown {
  return Object.entries(value)
    .filter(([name, member]) => !PAGING.has(name) && member !== undefined && member !== null && !isEmptyList(member))
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
