/** What every listing of the API has. */
interface Page {
  readonly nextToken?: string | undefined;
}

/** Reads a listing page by page, as long as somebody takes what is in it. */
export async function* allPages<P extends Page, Item>(
  read: (nextToken: string | undefined) => Promise<P>,
  itemsOf: (page: P) => readonly Item[] | undefined,
): AsyncGenerator<Item> {
  let nextToken: string | undefined;
  do {
    const page = await read(nextToken);
    yield* itemsOf(page) ?? [];
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

/** All that is in a listing. */
export async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The items in parts of at most `size`, for calls that take no more at once. */
export function inBatches<Item>(items: readonly Item[], size: number): Item[][] {
  const batches: Item[][] = [];
  for (let at = 0; at < items.length; at += size) batches.push(items.slice(at, at + size));
  return batches;
}
