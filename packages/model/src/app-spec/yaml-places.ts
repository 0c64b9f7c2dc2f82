import type { YamlMap, YamlValue } from "./yaml-value.ts";

export interface MemberPlace {
  /** Of its key. */
  readonly line: number;
  /** The value as the file has it, if it is not in quotes: `0644`, which YAML makes 420. */
  readonly written: string | null;
}

/** A key that the same mapping has again further down, so that what it says is lost. */
export interface RepeatedKey {
  readonly key: YamlValue;
  readonly line: number;
  readonly lastLine: number;
}

/** On which lines, counted from 1, the members of a document's mappings and the items of its lists stand. */
export class YamlPlaces {
  readonly #members = new WeakMap<YamlMap, Map<YamlValue, MemberPlace[]>>();
  readonly #items = new WeakMap<readonly YamlValue[], readonly number[]>();

  memberRead(map: YamlMap, key: YamlValue, place: MemberPlace): void {
    const members = this.#members.get(map) ?? new Map<YamlValue, MemberPlace[]>();
    this.#members.set(map, members);
    const places = members.get(key);
    if (places) places.push(place);
    else members.set(key, [place]);
  }

  listRead(list: readonly YamlValue[], lines: readonly number[]): void {
    this.#items.set(list, lines);
  }

  /** Of a member that stands there several times the last, which counts; undefined for one that was merged from elsewhere. */
  member(map: YamlMap, key: YamlValue): MemberPlace | undefined {
    return this.#members.get(map)?.get(key)?.at(-1);
  }

  itemLine(list: readonly YamlValue[], index: number): number | null {
    return this.#items.get(list)?.[index] ?? null;
  }

  repeatedKeys(map: YamlMap): readonly RepeatedKey[] {
    return [...(this.#members.get(map) ?? [])].flatMap(([key, places]) => {
      const last = places.at(-1);
      return last === undefined ? [] : places.slice(0, -1).map(({ line }) => ({ key, line, lastLine: last.line }));
    });
  }
}
