import type { AwsCaller } from "../aws/aws-caller.ts";
import type { OptionalCall } from "../aws/optional-calls.ts";
import type { LambdaCalls } from "./lambda-client.ts";

/** The calls of one deployment group about one alias. */
export interface AliasCalls {
  readonly call: AwsCaller<LambdaCalls>;
  /** One that the role may not make; what it may not do for one function it may do for another. */
  readonly optional: OptionalCall;
}
