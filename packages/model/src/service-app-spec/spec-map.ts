import { excerpt } from "../excerpt.ts";
import { nearestName } from "../nearest-name.ts";
import { addFault, type SpecFaults } from "./spec-fault.ts";
import { kindOf, memberPath, type SpecMap, type SpecValue, spotOf } from "./spec-value.ts";

/** The members of a map by the names that the grammar has for them; a member that is empty is left out. */
export type KnownMembers<Name extends string> = Readonly<Partial<Record<Name, SpecValue>>>;

/** Words for keys that belong elsewhere, by the key in lower case. */
export type ForeignKeys = Readonly<Record<string, string>>;

/** Keys are known in any letter case, as the service takes them. One that is unknown, or there twice, is a fault. Undefined: it is no map. */
export function readMap<Name extends string>(
  value: SpecValue,
  names: readonly Name[],
  faults: SpecFaults,
  foreign: ForeignKeys = {},
): KnownMembers<Name> | undefined {
  if (value.kind !== "map") return addFault(faults, value, `is ${kindOf(value)}: write a map of ${names.join(", ")}`);
  const members: Partial<Record<Name, SpecValue>> = {};
  const seen = new Set<Name>();
  for (const { key, value: member, ...spot } of value.members) {
    const name = names.find((each) => each.toLowerCase() === key.toLowerCase());
    const place = { path: memberPath(value.path, excerpt(key)), ...spot };
    if (name === undefined) addFault(faults, place, unknownKey(key, names, foreign));
    else if (seen.has(name)) addFault(faults, place, `is there a second time: keep one ${name}`);
    else {
      seen.add(name);
      if (member.kind !== "empty") members[name] = member;
    }
  }
  return members;
}

function unknownKey(key: string, names: readonly string[], foreign: ForeignKeys): string {
  const elsewhere = Object.hasOwn(foreign, key.toLowerCase()) ? foreign[key.toLowerCase()] : undefined;
  if (elsewhere !== undefined) return elsewhere;
  const meant = nearestName(key, names);
  return meant === undefined
    ? `is not known here: use ${names.join(", ")}`
    : `is not known here: did you mean ${meant}? Known are ${names.join(", ")}`;
}

/** Says which of the members that have to be there are not. `said` are those that a map has, also as a fault. */
export function requireMembers<Name extends string>(
  map: SpecValue,
  members: KnownMembers<Name>,
  required: Readonly<Partial<Record<Name, string>>>,
  faults: SpecFaults,
): void {
  for (const [name, cure] of Object.entries(required) as [Name, string][]) {
    if (members[name] !== undefined) continue;
    const written = map.kind === "map" ? memberOf(map, name) : undefined;
    const place = { path: memberPath(map.path, written?.key ?? name), ...spotOf(written ?? map) };
    addFault(faults, place, written ? `is empty: ${cure}` : `is missing: ${cure}`);
  }
}

function memberOf({ members }: SpecMap, name: string) {
  return members.find(({ key }) => key.toLowerCase() === name.toLowerCase());
}
