/** How many values one `IN (…)` holds: both databases limit a statement's parameters. */
const MAX_IN_LIST = 500;

/** The list in parts that fit into one `IN (…)` each; of an empty list none. */
export function* inListParts<Item>(list: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < list.length; from += MAX_IN_LIST) yield list.slice(from, from + MAX_IN_LIST);
}
