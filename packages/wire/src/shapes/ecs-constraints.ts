/** `Structure.member` of every number of ECS that is not a 32-bit integer: the model says so, and the SDK's schemas leave it out. */
export const ECS_NUMBER_KINDS: Readonly<Record<string, "long" | "double">> = {
  "CanaryConfiguration.canaryPercent": "double",
  "LinearConfiguration.stepPercent": "double",
  "Scale.value": "double",
  "ThresholdConfiguration.value": "double",
};
