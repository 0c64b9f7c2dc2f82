/** Where the searched text is: places in the list of lines that are shown, ascending; a place stands once for each time it has the text. */
export interface Matches {
  readonly query: string;
  readonly places: readonly number[];
  /** How many lines were looked at: the next look begins there, as long as lines were only added. */
  readonly looked: number;
}
/** Lines that are looked through; of a gap the text is empty. */
export interface Searched {
  readonly count: number;
  readonly textAt: (place: number) => string;
}

export const NO_MATCHES: Matches = { query: "", places: [], looked: 0 };
/** Of a query of one letter there are as many as letters; nobody goes through more. */
export const MAX_MATCHES = 10_000;

/**
 * Upper and lower case are the same.
 *
 * @param before what an earlier look for the same at a shorter list found
 * @param most lines that are looked at now: the rest is for the next look
 */
export function findMatches(
  { count, textAt }: Searched,
  query: string,
  before = NO_MATCHES,
  most = Number.POSITIVE_INFINITY,
): Matches {
  const wanted = query.toLowerCase();
  if (wanted === "") return NO_MATCHES;
  const isSame = before.query === wanted && before.looked <= count;
  const from = isSame ? before.looked : 0;
  const to = Math.min(count, from + most);
  const places = isSame ? [...before.places] : [];
  for (let place = from; place < to && places.length < MAX_MATCHES; place += 1) {
    for (let found = rangesOf(textAt(place), wanted).length; found > 0; found -= 1) places.push(place);
  }
  return { query: wanted, places, looked: to };
}

/** Where in one line the text is, from and to. */
export function rangesOf(text: string, wanted: string): readonly (readonly [number, number])[] {
  if (wanted === "") return [];
  const lower = text.toLowerCase();
  const ranges: [number, number][] = [];
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + wanted.length)) {
    ranges.push([at, at + wanted.length]);
  }
  return ranges;
}

/** The match to go to from the one at `current`, around the ends. */
export function neighbour({ places }: Matches, current: number, step: 1 | -1): number {
  if (places.length === 0) return 0;
  return (current + step + places.length) % places.length;
}

/** The first match at or behind a line, from which a search begins; 0 where there is none behind it. */
export function firstFrom({ places }: Matches, line: number): number {
  const found = places.findIndex((place) => place >= line);
  return Math.max(found, 0);
}
