import { MAX_ELB_PAGE_ITEMS } from "@sluice/model/elb-limits.ts";
import { openPage } from "../../listed-page.ts";
import type { Elbv2Context } from "../elbv2-context.ts";
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
  operation: string,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  input: PageRequest,
  context: Pick<Elbv2Context, "pageTokens">,
): Page<Item> {
  const { Marker, PageSize = MAX_ELB_PAGE_ITEMS } = input;
  requireWithin(PageSize, "PageSize", 1, MAX_ELB_PAGE_ITEMS);
  const page = openPage({ operation, input, token: Marker, size: PageSize, shape: ["string"], refuse }, context);
  const [after] = page.after ?? [""];
  const sorted = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after)
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  const cut = page.cut(sorted, ({ key }) => [key]);
  return { items: cut.items.map(({ item }) => item), NextMarker: cut.nextToken };
}

function refuse() {
  return invalid(
    "Marker is none that this call has given for these parameters: pass NextMarker of the page before with the same parameters, or leave it out.",
  );
}
