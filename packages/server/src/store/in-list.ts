/** How many values one `IN (…)` holds: both databases limit a statement's parameters. */
const IN_LIST_MAX = 500;

/** The list in parts that fit into one `IN (…)` each; of an empty list none. */
export function* inListParts<Item>(list: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < list.length; from += IN_LIST_MAX) yield list.slice(from, from + IN_LIST_MAX);
}
