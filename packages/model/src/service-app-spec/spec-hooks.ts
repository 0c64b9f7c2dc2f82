import { excerpt } from "../excerpt.ts";
import { nearestName } from "../nearest-name.ts";
import { addFault, type SpecFaults } from "./spec-fault.ts";
import { readText } from "./spec-scalar.ts";
import { kindOf, type SpecMember, type SpecValue, spotOf } from "./spec-value.ts";

/** The hook of each event that has one: a function's name or ARN, or another name that a binding of sluice.yml knows. */
export type SpecHooks<Event extends string> = Readonly<Partial<Record<Event, string>>>;

export const NO_HOOKS: SpecHooks<never> = {};

/** A function's name with its ARN, version or alias, as Lambda's API takes it. */
export const MAX_HOOK_NAME_CHARACTERS = 170;
const HOOK_NAME = /^[A-Za-z0-9_.:$-]+$/;
const CURE = "name a function, by its name or ARN, or a hook of a binding in sluice.yml";

/**
 * `- BeforeInstall: name`, an item for each hook. `events` are those that have a hook on the platform, `reserved` those that have none
 * though they have a name.
 */
export function readHooks<Event extends string>(
  value: SpecValue,
  events: readonly Event[],
  reserved: readonly string[],
  faults: SpecFaults,
): SpecHooks<Event> {
  if (value.kind !== "list") {
    addFault(faults, value, `is ${kindOf(value)}: write a list of items such as "- ${events[0]}: NAME"`);
    return NO_HOOKS;
  }
  const hooks: Partial<Record<Event, string>> = {};
  const seen = new Set<Event>();
  for (const member of value.items.flatMap((item) => hookMembers(item, events, faults))) {
    const event = eventOf(member, events, reserved, faults);
    if (event === undefined) continue;
    if (seen.has(event)) {
      addFault(faults, placeOf(member), `is there a second time: an event has one hook, so keep one ${event}`);
      continue;
    }
    seen.add(event);
    const name = hookName(member.value, faults);
    if (name !== undefined) hooks[event] = name;
  }
  return hooks;
}

function hookMembers(item: SpecValue, events: readonly string[], faults: SpecFaults): readonly SpecMember[] {
  if (item.kind === "map" && item.members.length > 0) return item.members;
  addFault(faults, item, `is ${item.kind === "map" ? "an empty map" : kindOf(item)}: write "${events[0]}: NAME"`);
  return [];
}

function eventOf<Event extends string>(
  member: SpecMember,
  events: readonly Event[],
  reserved: readonly string[],
  faults: SpecFaults,
): Event | undefined {
  const word = member.key.toLowerCase();
  const event = events.find((each) => each.toLowerCase() === word);
  if (event !== undefined) return event;
  const known = `use ${events.join(", ")}`;
  const own = reserved.find((each) => each.toLowerCase() === word);
  if (own !== undefined) {
    return addFault(
      faults,
      placeOf(member),
      `is an event that the deployment carries out itself, without a hook: ${known}`,
    );
  }
  const meant = nearestName(member.key, events);
  const question = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return addFault(faults, placeOf(member), `is no event that has a hook.${question} Known are ${events.join(", ")}`);
}

function hookName(value: SpecValue, faults: SpecFaults): string | undefined {
  const name = readText(value, CURE, faults);
  if (name === undefined) return undefined;
  if (name.includes("://")) {
    return addFault(faults, value, `is the URL ${JSON.stringify(excerpt(name))}: ${CURE}, which has the URL`);
  }
  if (name.length > MAX_HOOK_NAME_CHARACTERS || !HOOK_NAME.test(name)) {
    return addFault(faults, value, `is ${JSON.stringify(excerpt(name))}, which is no hook's name: ${CURE}`);
  }
  return name;
}

function placeOf(member: SpecMember) {
  return { path: member.value.path, ...spotOf(member) };
}
