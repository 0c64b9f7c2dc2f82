import { ALIAS_NOT_CURRENT } from "@sluice/model/aws-sentences.ts";
import type { LambdaAliasPlan } from "../../event.ts";
import type { VersionFacts } from "../../ports/function-alias.ts";
import type { DeploymentError } from "../../state.ts";
import { missingHookError, uncheckedHooks } from "./hook-start.ts";
import { LAMBDA_PLAN, SHIFT_BACK_PLAN } from "./shift-events.ts";
import type { LambdaFacts } from "./shift-facts.ts";
import type { LambdaRollback, LambdaShift } from "./shift-strategies.ts";

export type LambdaStart =
  | { readonly error: DeploymentError }
  | { readonly target: LambdaAliasPlan; readonly warnings?: readonly string[] };

/** What keeps a Lambda deployment from starting, or the alias as it starts from it (codedeploy-semantics.md, sections 8 and 12). */
export function lambdaStart(strategy: LambdaShift, { routing, current, target, hooks }: LambdaFacts): LambdaStart {
  const { alias, currentVersion, targetVersion } = strategy;
  const { functionName, aliasName } = alias;
  const name = `The alias ${aliasName} of ${functionName}`;
  if (!routing) return invalidFunction(`There is no alias ${aliasName} of a function ${functionName}.`);
  if (routing.version !== currentVersion) {
    return invalidConfiguration(
      `${ALIAS_NOT_CURRENT} ${name} is at version ${routing.version}, and the AppSpec file names ${currentVersion} as the current one.`,
    );
  }
  if (routing.second) {
    const { version, percent } = routing.second;
    return invalidConfiguration(
      `${name} sends ${percent} % of its traffic to version ${version}, as a deployment that was stopped has left it. Roll that back, or remove the alias' routing configuration, and deploy again.`,
    );
  }
  if (!current || !target) {
    return invalidFunction(`Version ${current ? targetVersion : currentVersion} of ${functionName} is not published.`);
  }
  const difference = differenceOf(current, target);
  if (difference) {
    return invalidConfiguration(
      `The versions ${currentVersion} and ${targetVersion} of ${functionName} cannot share an alias: they differ in their ${difference}.`,
    );
  }
  const error = missingHookError(hooks);
  if (error) return { error };
  const warnings = uncheckedHooks(hooks);
  return { target: planOf(strategy, LAMBDA_PLAN), ...(warnings.length > 0 ? { warnings } : {}) };
}

/** The alias is looked at by whoever shifts it back. */
export function lambdaBackStart(strategy: LambdaRollback): LambdaStart {
  return { target: planOf(strategy, SHIFT_BACK_PLAN) };
}

function planOf(
  { alias, currentVersion, targetVersion }: LambdaShift | LambdaRollback,
  lifecycleEvents: LambdaAliasPlan["lifecycleEvents"],
): LambdaAliasPlan {
  const { functionName, aliasName } = alias;
  return {
    type: "lambda-alias",
    targetId: functionName,
    functionName,
    aliasName,
    currentVersion,
    targetVersion,
    lifecycleEvents,
  };
}

function differenceOf(one: VersionFacts, other: VersionFacts): string | undefined {
  if (one.role !== other.role) return `execution role (${one.role} and ${other.role})`;
  if (one.deadLetterTarget === other.deadLetterTarget) return undefined;
  return `dead-letter configuration (${one.deadLetterTarget ?? "none"} and ${other.deadLetterTarget ?? "none"})`;
}

function invalidFunction(message: string): LambdaStart {
  return { error: { code: "INVALID_LAMBDA_FUNCTION", message } };
}

function invalidConfiguration(message: string): LambdaStart {
  return { error: { code: "INVALID_LAMBDA_CONFIGURATION", message } };
}
