import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { lintAppSpec } from "@sluice/model/lint/lint-bundle.ts";
import { readEcsAppSpec } from "@sluice/model/service-app-spec/ecs-app-spec.ts";
import { readLambdaAppSpec } from "@sluice/model/service-app-spec/lambda-app-spec.ts";
import { describeFault, type SpecFault } from "@sluice/model/service-app-spec/spec-fault.ts";
import type { TextProblem } from "./text-editor.tsx";

/** By the parsers that the server and the agents read it with. */
export function appSpecProblems(text: string, platform: ComputePlatform): readonly TextProblem[] {
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
): TextProblem[] {
  if (reading.outcome === "read") return [];
  // The line has its own place.
  return reading.faults.map(({ path, line, column, message }) => ({
    severity: "error",
    line,
    ...(column === undefined ? {} : { column }),
    message: `${describeFault({ path, line: null, message })}.`,
  }));
}
