import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_LAMBDA_MAX_ITEMS, MAX_LAMBDA_PAGE_ITEMS } from "@sluice/model/lambda-limits.ts";
import { keyInToken, listedPage, type ReadPage } from "../../listed-page.ts";
import { invalid } from "./lambda-faults.ts";
import { requireWithin } from "./within.ts";

interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/**
 * @param listing what is listed, and of what: a marker serves only the listing that gave it
 * @param form of its keys, where they are not names alone
 */
export function readPage(
  listing: string,
  { Marker, MaxItems = MAX_LAMBDA_PAGE_ITEMS }: PageRequest,
  form?: RegExp,
): ReadPage {
  requireWithin(MaxItems, "MaxItems", 1, MAX_LAMBDA_MAX_ITEMS);
  const size = Math.min(MaxItems, MAX_LAMBDA_PAGE_ITEMS);
  return { after: Marker ? keyOfMarker(listing, Marker, form) : null, limit: size + 1, size };
}

export function toPage<Item>(
  listing: string,
  read: readonly Item[],
  page: ReadPage,
  keyOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly marker: string | undefined } {
  const { items, token } = listedPage(listing, read, page, keyOf);
  return { items, marker: token };
}

function keyOfMarker(listing: string, marker: string, form?: RegExp): string {
  const key = keyInToken(listing, marker, form);
  if (key !== undefined) return key;
  throw invalid(
    `Marker ${excerpt(marker)} is not one that this listing gave: pass NextMarker unchanged, or leave it out to start from the beginning.`,
  );
}
