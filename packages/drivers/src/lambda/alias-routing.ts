import type { AliasConfiguration, UpdateAliasCommandInput } from "@aws-sdk/client-lambda";
import type { AliasRouting } from "@sluice/engine/ports/function-alias.ts";

/** More digits than a weight has, and fewer than a product of fractions makes up: 0.07 is 7 %, and not 7.000000000000001. */
const PERCENT_DIGITS = 12;

/** Lambda's weights are fractions of 1. One of 0 is of nobody. */
export function routingOfAlias({ FunctionVersion = "", RoutingConfig }: AliasConfiguration): AliasRouting {
  const [second] = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {}).filter(([, weight]) => weight > 0);
  if (!second) return { version: FunctionVersion, second: null };
  const [version, weight] = second;
  return { version: FunctionVersion, second: { version, percent: Number((weight * 100).toPrecision(PERCENT_DIGITS)) } };
}

/** An empty map takes the second version away; none would leave it as it is. */
export function updateTo({
  version,
  second,
}: AliasRouting): Pick<UpdateAliasCommandInput, "FunctionVersion" | "RoutingConfig"> {
  const AdditionalVersionWeights = second ? { [second.version]: second.percent / 100 } : {};
  return { FunctionVersion: version, RoutingConfig: { AdditionalVersionWeights } };
}

export function isSameRouting(one: AliasRouting, other: AliasRouting): boolean {
  return (
    one.version === other.version &&
    one.second?.version === other.second?.version &&
    one.second?.percent === other.second?.percent
  );
}
