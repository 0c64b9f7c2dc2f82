import { MAX_ELB_PAGE_ITEMS } from "@sluice/model/elb-limits.ts";
import { invalid, requireWithin } from "./members.ts";

export interface PageRequest {
  readonly Marker?: string | undefined;
  readonly PageSize?: number | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Undefined: there is no more. */
  readonly NextMarker: string | undefined;
}

/** @param keyOf an item's place in the order; no two have the same */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { Marker, PageSize = MAX_ELB_PAGE_ITEMS }: PageRequest,
): Page<Item> {
  requireWithin(PageSize, "PageSize", 1, MAX_ELB_PAGE_ITEMS);
  const after = Marker === undefined ? "" : keyOfMarker(Marker);
  const sorted = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after)
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  const page = sorted.slice(0, PageSize);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    NextMarker: last && sorted.length > page.length ? markerOf(last.key) : undefined,
  };
}

function markerOf(key: string): string {
  return Buffer.from(key).toString("base64url");
}

function keyOfMarker(marker: string): string {
  const key = Buffer.from(marker, "base64url").toString();
  if (marker !== "" && markerOf(key) === marker) return key;
  throw invalid("Marker is none that this call has given: pass NextMarker of the page before, or leave it out.");
}
