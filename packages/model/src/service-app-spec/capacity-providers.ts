import { addFault, type SpecFaults } from "./spec-fault.ts";
import { readMap, requireMembers } from "./spec-map.ts";
import { readText, readWholeNumber } from "./spec-scalar.ts";
import { kindOf, type SpecValue } from "./spec-value.ts";

export interface SpecCapacityProvider {
  readonly name: string;
  readonly base: number;
  readonly weight: number;
}

/** ECS' own. */
const BASES = { least: 0, most: 100_000 };
const WEIGHTS = { least: 0, most: 1_000 };

/** One provider alone may have a base, and one at least has to have a weight. */
export function readCapacityProviders(
  value: SpecValue,
  faults: SpecFaults,
): readonly SpecCapacityProvider[] | undefined {
  const cure = "write a list of items with CapacityProvider, Base and Weight";
  if (value.kind !== "list") return addFault(faults, value, `is ${kindOf(value)}: ${cure}`);
  if (value.items.length === 0) return addFault(faults, value, `is an empty list: ${cure}, or leave it out`);
  const providers = value.items.map((item) => readProvider(item, faults));
  if (!providers.every((provider) => provider !== undefined)) return undefined;
  const withBase = providers.filter(({ base }) => base > 0);
  if (withBase.length > 1) {
    const names = withBase.map(({ name }) => name).join(", ");
    return addFault(faults, value, `gives ${names} a Base: only one capacity provider can have one`);
  }
  if (!providers.some(({ weight }) => weight > 0)) {
    return addFault(faults, value, "gives no capacity provider a Weight above 0: give one to at least one of them");
  }
  return providers;
}

function readProvider(item: SpecValue, faults: SpecFaults): SpecCapacityProvider | undefined {
  const members = readMap(item, ["CapacityProvider", "Base", "Weight"], faults);
  if (!members) return undefined;
  const cure = "name a capacity provider, such as FARGATE";
  requireMembers(item, members, { CapacityProvider: cure }, faults);
  const { CapacityProvider, Base, Weight } = members;
  const name = CapacityProvider && readText(CapacityProvider, cure, faults);
  const base = Base ? readWholeNumber(Base, BASES, faults) : 0;
  const weight = Weight ? readWholeNumber(Weight, WEIGHTS, faults) : 0;
  if (name === undefined || base === undefined || weight === undefined) return undefined;
  return { name, base, weight };
}
