import type { Failure } from "@aws-sdk/client-ecs";

/** Of what a Describe call names and nobody has. Waiters look for the word. */
export function missing(arn: string): Failure {
  return { arn, reason: "MISSING" };
}
