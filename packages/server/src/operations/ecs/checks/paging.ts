import { excerpt } from "@sluice/model/excerpt.ts";
import { keyInToken, listedPage, type ReadPage } from "../../listed-page.ts";
import { invalid } from "./member-rules.ts";

/** Items of a page, and what a call may ask for (as ECS). */
export const MAX_ECS_PAGE_ITEMS = 100;

interface PageRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

/**
 * @param listing the operation: a token serves only the one that gave it
 * @param form of its keys, where they are not names alone
 */
export function readPage(
  listing: string,
  { nextToken, maxResults = MAX_ECS_PAGE_ITEMS }: PageRequest,
  form?: RegExp,
): ReadPage {
  if (maxResults < 1 || maxResults > MAX_ECS_PAGE_ITEMS) {
    throw invalid(`maxResults ${maxResults} is out of range: give 1 to ${MAX_ECS_PAGE_ITEMS}.`);
  }
  return { after: nextToken ? keyOfToken(listing, nextToken, form) : null, limit: maxResults + 1, size: maxResults };
}

export function toPage<Item>(
  listing: string,
  read: readonly Item[],
  page: ReadPage,
  keyOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly nextToken: string | undefined } {
  const { items, token } = listedPage(listing, read, page, keyOf);
  return { items, nextToken: token };
}

function keyOfToken(listing: string, token: string, form?: RegExp): string {
  const key = keyInToken(listing, token, form);
  if (key !== undefined) return key;
  throw invalid(
    `nextToken ${excerpt(token)} is not one that ${listing} gave: pass it unchanged, or leave it out to start from the beginning.`,
  );
}
