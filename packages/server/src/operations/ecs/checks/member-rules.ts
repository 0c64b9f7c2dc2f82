import { CallerFault } from "@sluice/model/caller-fault.ts";
import { awsOnlyRefusal } from "../../../services/aws-only.ts";
import type { EnginePlace } from "../../../services/local-services.ts";
import { type MemberRules, requireServed } from "../../member-rules.ts";

type Tolerance = Pick<EnginePlace, "ignoresAwsOnly">;

const STRICT: Tolerance = { ignoresAwsOnly: false };

/** Refuses, by its path (`containerDefinitions[0].privileged`), the first member that would do nothing. */
export function requireSupported<T extends object>(input: T, rules: MemberRules<T>, tolerance = STRICT): void {
  requireServed(input, rules, { ignoresAwsOnly: tolerance.ignoresAwsOnly, fault: invalid, awsOnly: awsOnlyRefusal });
}

export function invalid(message: string): CallerFault {
  return new CallerFault("InvalidParameterException", message);
}
