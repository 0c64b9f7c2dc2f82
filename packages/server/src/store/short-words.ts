/**
 * Words that stand in every row, by what the store writes for them. What is written stays readable for ever: an entry is never changed or
 * used for another word. A word without an entry is written as it is, which a shorter form never looks like.
 */
export class ShortWords {
  readonly #short: ReadonlyMap<string, string>;
  readonly #words: ReadonlyMap<string, string>;

  constructor(entries: Readonly<Record<string, string>>) {
    this.#short = new Map(Object.entries(entries));
    this.#words = new Map(Object.entries(entries).map(([word, short]) => [short, word]));
    if (this.#words.size !== this.#short.size) throw new Error("two words have one short form");
  }

  shorten(word: string): string {
    return this.#short.get(word) ?? word;
  }

  restore<Word extends string>(short: string): Word {
    return (this.#words.get(short) ?? short) as Word;
  }
}

export const LIFECYCLE_EVENT_WORDS = new ShortWords({
  BeforeBlockTraffic: "bb",
  BlockTraffic: "b",
  AfterBlockTraffic: "ab",
  ApplicationStop: "s",
  DownloadBundle: "d",
  BeforeInstall: "bi",
  Install: "i",
  AfterInstall: "ai",
  ApplicationStart: "t",
  ValidateService: "v",
  BeforeAllowTraffic: "ba",
  AllowTraffic: "a",
  AfterAllowTraffic: "aa",
});

export const STATUS_WORDS = new ShortWords({
  Pending: "p",
  InProgress: "i",
  Succeeded: "s",
  Failed: "f",
  Skipped: "k",
  Unknown: "u",
  Ready: "r",
});
