import type { YamlMap, YamlValue } from "./yaml-value.ts";

/** Where a person finds something in the file, counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Of its key. */
export interface MemberPlace extends TextPlace {
  /** The value as the file has it, if it is not in quotes: `0644`, which YAML makes 420. */
  readonly written: string | null;
}

/** A key that the same mapping has again further down, so that what it says is lost. */
export interface RepeatedKey extends TextPlace {
  readonly key: YamlValue;
  readonly lastLine: number;
}

/** Where the members of a document's mappings and the items of its lists stand. */
export class YamlPlaces {
  readonly #members = new WeakMap<YamlMap, Map<YamlValue, MemberPlace[]>>();
  readonly #items = new WeakMap<readonly YamlValue[], readonly TextPlace[]>();

  memberRead(map: YamlMap, key: YamlValue, place: MemberPlace): void {
    const members = this.#members.get(map) ?? new Map<YamlValue, MemberPlace[]>();
    this.#members.set(map, members);
    const places = members.get(key);
    if (places) places.push(place);
    else members.set(key, [place]);
  }

  listRead(list: readonly YamlValue[], places: readonly TextPlace[]): void {
    this.#items.set(list, places);
  }

  /** Of a member that stands there several times the last, which counts; undefined for one that was merged from elsewhere. */
  member(map: YamlMap, key: YamlValue): MemberPlace | undefined {
    return this.#members.get(map)?.get(key)?.at(-1);
  }

  item(list: readonly YamlValue[], index: number): TextPlace | undefined {
    return this.#items.get(list)?.[index];
  }

  repeatedKeys(map: YamlMap): readonly RepeatedKey[] {
    return [...(this.#members.get(map) ?? [])].flatMap(([key, places]) => {
      const last = places.at(-1);
      return last === undefined
        ? []
        : places.slice(0, -1).map(({ line, column }) => ({ key, line, column, lastLine: last.line }));
    });
  }
}
