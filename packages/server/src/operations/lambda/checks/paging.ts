import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_LAMBDA_MAX_ITEMS, MAX_LAMBDA_PAGE_ITEMS } from "@sluice/model/lambda-limits.ts";
import { invalid } from "./lambda-faults.ts";
import { requireWithin } from "./within.ts";

interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ReadPage {
  /** The item after which the page begins; null: it is the first. */
  readonly after: string | null;
  /** How many to read: one more than the page holds tells whether another follows. */
  readonly limit: number;
  readonly size: number;
}

/** @param listing what is listed, and of what: a marker serves only the listing that gave it */
export function readPage(listing: string, { Marker, MaxItems = MAX_LAMBDA_PAGE_ITEMS }: PageRequest): ReadPage {
  requireWithin(MaxItems, "MaxItems", 1, MAX_LAMBDA_MAX_ITEMS);
  const size = Math.min(MaxItems, MAX_LAMBDA_PAGE_ITEMS);
  return { after: Marker ? positionOf(listing, Marker) : null, limit: size + 1, size };
}

export function toPage<Item>(
  listing: string,
  read: readonly Item[],
  { size }: ReadPage,
  keyOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly marker: string | undefined } {
  const items = read.slice(0, size);
  const last = items.at(-1);
  const hasMore = read.length > size && last !== undefined;
  return { items, marker: hasMore ? markerOf(listing, keyOf(last)) : undefined };
}

function markerOf(listing: string, key: string): string {
  return Buffer.from(JSON.stringify([listing, key])).toString("base64url");
}

function positionOf(listing: string, marker: string): string {
  try {
    const parts: unknown = JSON.parse(Buffer.from(marker, "base64url").toString("utf8"));
    if (Array.isArray(parts) && parts.length === 2 && parts[0] === listing && typeof parts[1] === "string") {
      return parts[1];
    }
  } catch {
    // Told below.
  }
  throw invalid(
    `Marker ${excerpt(marker)} is not one that this listing gave: pass NextMarker unchanged, or leave it out to start from the beginning.`,
  );
}
