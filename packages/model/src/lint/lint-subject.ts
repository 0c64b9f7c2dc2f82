import type { AppSpec } from "../app-spec/app-spec.ts";
import { strip } from "../app-spec/yaml-field.ts";
import type { YamlPlaces } from "../app-spec/yaml-places.ts";
import { isYamlList, isYamlMap, type YamlMap, type YamlValue, yamlText } from "../app-spec/yaml-value.ts";
import { excerpt } from "../excerpt.ts";
import type { BundleListing } from "./bundle-listing.ts";
import type { FindingPlace } from "./finding.ts";

/** Entries of a section that are checked; those of people have a few dozen, and checking thousands would hold up a server. */
export const MAX_CHECKED_ENTRIES = 300;

/** An AppSpec as the file has it, whether agents accept it or not. */
export interface WrittenAppSpec {
  readonly root: YamlMap;
  readonly places: YamlPlaces;
}

/** With the bundle that it came in. */
export interface BundledAppSpec extends WrittenAppSpec {
  /** Null: not known. */
  readonly bundle: BundleListing | null;
}

/** One that agents accept. */
export interface LintSubject extends BundledAppSpec {
  readonly appSpec: AppSpec;
}

/** A mapping in a list of the file. */
export interface WrittenEntry {
  /** As a person finds it: `files[1]`, `hooks.AfterInstall[0]`, counted from 0. */
  readonly field: string;
  readonly map: YamlMap;
  readonly index: number;
  readonly line: number | null;
  readonly column?: number;
}

export interface WrittenScript extends WrittenEntry {
  readonly event: string;
  readonly location: string;
}

/** The entries of `files` or `permissions` that are mappings. */
export function entriesOf({ root, places }: WrittenAppSpec, section: "files" | "permissions"): WrittenEntry[] {
  return mapsIn(root.get(section) ?? null, section, places);
}

/** The scripts of every event, in the order of the file. */
export function scriptsOf({ root, places }: WrittenAppSpec): WrittenScript[] {
  const hooks = root.get("hooks") ?? null;
  if (!isYamlMap(hooks)) return [];
  const scriptsByEvent = [...hooks].slice(0, MAX_CHECKED_ENTRIES).flatMap(([key, scripts]) => {
    const event = yamlText(key);
    return mapsIn(scripts, `hooks.${event}`, places).map((entry) => ({
      ...entry,
      event,
      location: strip(yamlText(entry.map.get("location") ?? null)),
    }));
  });
  return scriptsByEvent.slice(0, MAX_CHECKED_ENTRIES);
}

/** Of a member of an entry; where it has no such member, of the entry. */
export function placeOf(
  { places }: Pick<WrittenAppSpec, "places">,
  { map, ...entry }: WrittenEntry,
  key: string,
): FindingPlace {
  return findingPlace(places.member(map, key) ?? entry);
}

export function findingPlace(
  place: { readonly line: number | null; readonly column?: number } | undefined | null,
): FindingPlace {
  if (!place) return { line: null };
  const { line, column } = place;
  return column === undefined ? { line } : { line, column };
}

/** A name out of the file or the bundle, as a message has it. */
export function quoted(name: string): string {
  return name === "" ? '""' : excerpt(name);
}

function mapsIn(list: YamlValue, field: string, places: YamlPlaces): WrittenEntry[] {
  if (!isYamlList(list)) return [];
  return list
    .slice(0, MAX_CHECKED_ENTRIES)
    .flatMap((map, index) =>
      isYamlMap(map) ? [{ field: `${field}[${index}]`, map, index, ...findingPlace(places.item(list, index)) }] : [],
    );
}
