/** A row of a form for a tag of an application or a group. */
export interface TagRow {
  readonly key: string;
  readonly value: string;
}

/** Rows that nobody has filled in are no tags. */
export function tagsOf(rows: readonly TagRow[]): { readonly Key: string; readonly Value: string }[] {
  return rows
    .filter(({ key, value }) => key !== "" || value !== "")
    .map(({ key, value }) => ({ Key: key, Value: value }));
}

export interface TagChange {
  /** New ones, and those with another value. */
  readonly added: readonly { readonly Key: string; readonly Value: string }[];
  readonly removedKeys: readonly string[];
}

/** What TagResource and UntagResource have to do. */
export function tagChange(before: readonly TagRow[], after: readonly TagRow[]): TagChange {
  const old = new Map(tagsOf(before).map(({ Key, Value }) => [Key, Value]));
  const now = tagsOf(after);
  const kept = new Set(now.map(({ Key }) => Key));
  return {
    added: now.filter(({ Key, Value }) => old.get(Key) !== Value),
    removedKeys: [...old.keys()].filter((key) => !kept.has(key)),
  };
}
