/**
 * Search parameters as people read and share them: `?status=Failed&status=Stopped&text=web`. Every value is a string, or a list where its name
 * stands there more than once; what is no text (a number) a page's own validation makes of it.
 */
export type RawSearch = Readonly<Record<string, string | readonly string[]>>;

export function parseSearch(text: string): Record<string, string | string[]> {
  const search: Record<string, string | string[]> = {};
  const parameters = new URLSearchParams(text);
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    search[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return search;
}

/** What is undefined or empty is left out. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null && each !== "") parameters.append(name, String(each));
    }
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

/** The parameter's text; of several the last; undefined where there is none. */
export function textOf(value: unknown): string | undefined {
  const text = Array.isArray(value) ? value.at(-1) : value;
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** All of its texts; undefined where there is none. */
export function textsOf(value: unknown): string[] | undefined {
  const texts = (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string" && each !== "");
  return texts.length === 0 ? undefined : (texts as string[]);
}

/** One of the words; undefined for any other, so that an old link opens the page without it. */
export function wordOf<const Word extends string>(value: unknown, words: readonly Word[]): Word | undefined {
  const text = textOf(value);
  return words.find((word) => word === text);
}

/** A whole number from `least`; undefined for anything else. */
export function wholeNumberOf(value: unknown, least = 0): number | undefined {
  const number = Number(typeof value === "number" ? value : textOf(value));
  return Number.isSafeInteger(number) && number >= least ? number : undefined;
}

/** Takes out what is undefined: `exactOptionalPropertyTypes` tells `{ x: undefined }` from `{}`, and so does the URL. */
export function present<T extends object>(search: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
