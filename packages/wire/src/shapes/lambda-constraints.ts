/** `Structure.member` of every number of Lambda that is not a 32-bit integer, and `Structure.member` of maps of such numbers. */
export const LAMBDA_NUMBER_KINDS: Readonly<Record<string, "long" | "double">> = {
  "AliasRoutingConfiguration.AdditionalVersionWeights": "double",
  "FunctionConfiguration.CodeSize": "long",
};
