import type { TagFilter, TagFilterType } from "@sluice/model/tag-filter.ts";
import { tagFilterType } from "@sluice/model/tag-filter.ts";

/** A row of the form: one tag that hosts may have. */
export interface FilterRow {
  readonly key: string;
  readonly value: string;
  readonly type: TagFilterType;
}

/** How a form says which hosts it means: a host has to match one row of each list. */
export interface TagSelection {
  readonly lists: readonly (readonly FilterRow[])[];
  /** Whether one list alone is written as a tag set too, as it was before: a form must not turn what it found into the other shape. */
  readonly isSet: boolean;
}

export const NO_SELECTION: TagSelection = { lists: [], isSet: false };
export const EMPTY_ROW: FilterRow = { key: "", value: "", type: "KEY_AND_VALUE" };

/** The API's two ways to say it, of which a group has one. */
export interface FiltersOrSet {
  readonly filters?: readonly TagFilter[] | undefined;
  readonly lists?: readonly (readonly TagFilter[])[] | undefined;
}

export function readSelection({ filters, lists }: FiltersOrSet): TagSelection {
  if (lists !== undefined && lists.length > 0) return { lists: lists.map((list) => list.map(rowOf)), isSet: true };
  if (filters !== undefined && filters.length > 0) return { lists: [filters.map(rowOf)], isSet: false };
  return NO_SELECTION;
}

/** Both members, since the one that is not used has to be cleared. */
export function writeSelection({ lists, isSet }: TagSelection): Required<FiltersOrSet> {
  const written = lists.map((list) => list.filter(isFilledIn).map(filterOf)).filter((list) => list.length > 0);
  const asSet = written.length > 1 || (isSet && written.length > 0);
  return asSet ? { filters: [], lists: written } : { filters: written[0] ?? [], lists: [] };
}

/** A row that nobody has touched yet is no filter. */
function isFilledIn({ key, value }: FilterRow): boolean {
  return key !== "" || value !== "";
}

/** A filter without a type means what its members say. */
function rowOf(filter: TagFilter): FilterRow {
  return { key: filter.Key ?? "", value: filter.Value ?? "", type: tagFilterType(filter) ?? "KEY_AND_VALUE" };
}

function filterOf({ key, value, type }: FilterRow): TagFilter {
  switch (type) {
    case "KEY_ONLY":
      return { Key: key, Type: type };
    case "VALUE_ONLY":
      return { Value: value, Type: type };
    case "KEY_AND_VALUE":
      return { Key: key, Value: value, Type: type };
  }
}
