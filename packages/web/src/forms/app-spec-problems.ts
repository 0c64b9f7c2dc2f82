import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { lintAppSpec } from "@sluice/model/lint/lint-bundle.ts";
import { readEcsAppSpec } from "@sluice/model/service-app-spec/ecs-app-spec.ts";
import { readLambdaAppSpec } from "@sluice/model/service-app-spec/lambda-app-spec.ts";
import { describeFault, type SpecFault } from "@sluice/model/service-app-spec/spec-fault.ts";

/** What is to be said of a line of an AppSpec. */
export interface AppSpecProblem {
  readonly severity: "error" | "warning" | "note";
  /** Counted from 1; null: of none in particular. */
  readonly line: number | null;
  readonly message: string;
}

/** By the parsers that the server and the agents read it with. */
export function appSpecProblems(text: string, platform: ComputePlatform): readonly AppSpecProblem[] {
  switch (platform) {
    case "Server":
      return lintAppSpec(text, null).findings;
    case "ECS":
      return faultsOf(readEcsAppSpec(text));
    case "Lambda":
      return faultsOf(readLambdaAppSpec(text));
  }
}

function faultsOf(
  reading: { readonly outcome: "read" } | { readonly outcome: "faulty"; readonly faults: readonly SpecFault[] },
): AppSpecProblem[] {
  if (reading.outcome === "read") return [];
  // The line has its own place.
  return reading.faults.map(({ path, line, message }) => ({
    severity: "error",
    line,
    message: `${describeFault({ path, line: null, message })}.`,
  }));
}
