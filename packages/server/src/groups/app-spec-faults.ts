import { CallerFault } from "@sluice/model/caller-fault.ts";
import { describeFault, type SpecFault } from "@sluice/model/service-app-spec/spec-fault.ts";
import { someOf } from "@sluice/model/some-of.ts";

/** Faults that one error tells; the others are counted. */
const MAX_TOLD_FAULTS = 20;

/** An AppSpec of ECS or Lambda that cannot be deployed, with all that is wrong in it. */
export function faultyAppSpec(from: string, faults: readonly SpecFault[]): CallerFault {
  const told = someOf(faults.map(describeFault), MAX_TOLD_FAULTS, "; ");
  const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
  return new CallerFault("InvalidRevisionException", `The revision is not valid: ${from} has ${count}. ${told}.`);
}
