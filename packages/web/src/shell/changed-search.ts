import { present } from "./url-search.ts";

/** What of a page's search parameters changes; `undefined` takes one out. */
export type SearchChange<Search> = { readonly [K in keyof Search]?: Search[K] | undefined };

export function changedSearch<Search extends object>(before: Search, change: SearchChange<Search>): Search {
  return present({ ...before, ...change }) as Search;
}
