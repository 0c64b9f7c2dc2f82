import { excerpt } from "@sluice/model/excerpt.ts";
import { invalid } from "./member-rules.ts";

/** Items of a page, and what a call may ask for (as ECS). */
export const MAX_ECS_PAGE_ITEMS = 100;

interface PageRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

export interface ReadPage {
  /** The item after which the page begins; null: it is the first. */
  readonly after: string | null;
  /** How many to read: one more than the page holds tells whether another follows. */
  readonly limit: number;
  readonly size: number;
}

/** @param listing the operation: a token serves only the one that gave it */
export function readPage(listing: string, { nextToken, maxResults = MAX_ECS_PAGE_ITEMS }: PageRequest): ReadPage {
  if (maxResults < 1 || maxResults > MAX_ECS_PAGE_ITEMS) {
    throw invalid(`maxResults ${maxResults} is out of range: give 1 to ${MAX_ECS_PAGE_ITEMS}.`);
  }
  return { after: nextToken ? positionOf(listing, nextToken) : null, limit: maxResults + 1, size: maxResults };
}

export function toPage<Item>(
  listing: string,
  read: readonly Item[],
  { size }: ReadPage,
  keyOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly nextToken: string | undefined } {
  const items = read.slice(0, size);
  const last = items.at(-1);
  const hasMore = read.length > size && last !== undefined;
  return { items, nextToken: hasMore ? tokenOf(listing, keyOf(last)) : undefined };
}

function tokenOf(listing: string, key: string): string {
  return Buffer.from(JSON.stringify([listing, key])).toString("base64url");
}

function positionOf(listing: string, token: string): string {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (Array.isArray(parts) && parts.length === 2 && parts[0] === listing && typeof parts[1] === "string") {
      return parts[1];
    }
  } catch {
    // Told below.
  }
  throw invalid(
    `nextToken ${excerpt(token)} is not one that ${listing} gave: pass it unchanged, or leave it out to start from the beginning.`,
  );
}
