import { readFunctionProperties, type SpecFunctionShift } from "./function-properties.ts";
import { readServiceAppSpec, type SpecGrammar } from "./service-app-spec.ts";
import type { SpecFault } from "./spec-fault.ts";
import type { SpecHooks } from "./spec-hooks.ts";

export const LAMBDA_HOOK_EVENTS = ["BeforeAllowTraffic", "AfterAllowTraffic"] as const;
export type LambdaHookEvent = (typeof LAMBDA_HOOK_EVENTS)[number];

export interface LambdaAppSpec {
  readonly shift: SpecFunctionShift;
  readonly hooks: SpecHooks<LambdaHookEvent>;
}

export type LambdaAppSpecReading =
  | { readonly outcome: "read"; readonly appSpec: LambdaAppSpec }
  | { readonly outcome: "faulty"; readonly faults: readonly SpecFault[] };

const GRAMMAR: SpecGrammar<SpecFunctionShift, LambdaHookEvent> = {
  platform: "Lambda",
  resourceType: "AWS::Lambda::Function",
  usualName: "Function",
  hookEvents: LAMBDA_HOOK_EVENTS,
  reservedEvents: ["AllowTraffic", "Start", "End"],
  readProperties: readFunctionProperties,
};

/** The AppSpec of a deployment to Lambda, in YAML or JSON, with all its faults. */
export function readLambdaAppSpec(text: string): LambdaAppSpecReading {
  const reading = readServiceAppSpec(text, GRAMMAR);
  if (reading.outcome === "faulty") return reading;
  return { outcome: "read", appSpec: { shift: reading.properties, hooks: reading.hooks } };
}
