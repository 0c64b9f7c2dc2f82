import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { LambdaPlatform } from "../../functions/lambda-platform.ts";
import type { WriteTransaction } from "../../store/group-commit.ts";
import { changeFunctions } from "../../store/lambda/change-functions.ts";
import { namedCode } from "../../store/lambda/versions.ts";
import type { Operation, OperationContext } from "../operation.ts";

/** What Lambda's operations have at hand. */
export interface LambdaContext extends OperationContext {
  readonly platform: LambdaPlatform;
  /** Ends when the caller hangs up. */
  readonly signal: AbortSignal;
  /** A URL by which the caller reads a function's zip for a while; null: its key may not. */
  readonly codeUrl: (codeSha256: string) => Promise<string | null>;
}

export type LambdaOperation<Input, Output> = Operation<Input, Output, LambdaContext>;

/** Without a binding nobody runs functions: the cure is one that can be pasted. */
export function requirePlatform(platform: LambdaPlatform | undefined): LambdaPlatform {
  if (platform) return platform;
  throw new CallerFault(
    "InvalidParameterValueException",
    'No functions are bound on this server, so that it has none of its own. Add to the bindings in sluice.yml: - { match: "*", port: function-alias, driver: functions } and restart the server with --config sluice.yml. Functions of AWS are made with AWS, not here.',
  );
}

/** Writes, and tells who routes invocations when it is committed. May run more than once. */
export function changeLambda<T>(
  { store, platform }: Pick<LambdaContext, "store" | "platform">,
  work: (transaction: WriteTransaction) => Promise<T>,
): Promise<T> {
  return changeFunctions({ store, changes: platform.changes }, work);
}

/** After a version went, or has other code. */
export function forgetUnnamedCode({ store, platform }: Pick<LambdaContext, "store" | "platform">): Promise<void> {
  return platform.code.keepOnly(async () => new Set((await namedCode(store.db)).keys()));
}
