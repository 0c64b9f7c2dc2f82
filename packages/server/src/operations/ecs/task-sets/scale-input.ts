import type { Scale } from "@aws-sdk/client-ecs";
import { invalid } from "../checks/member-rules.ts";
import { requireOneOf, requireWithin } from "../checks/one-of.ts";

/** Percent of the service's desired count. */
export function readScale({ value, unit = "PERCENT" }: Scale): number {
  requireOneOf(unit, "scale.unit", ["PERCENT"]);
  if (value === undefined) throw invalid("scale.value must be specified: give 0 to 100 percent.");
  return requireWithin(value, "scale.value", [0, 100]);
}
