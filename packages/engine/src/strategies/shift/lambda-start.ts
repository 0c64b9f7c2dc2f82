import { ALIAS_NOT_CURRENT } from "@sluice/model/aws-sentences.ts";
import { functionNameOf } from "@sluice/model/lambda-names.ts";
import type { LambdaAliasPlan } from "../../event.ts";
import type { AliasRouting, LambdaAlias, VersionFacts } from "../../ports/function-alias.ts";
import type { DeploymentError } from "../../state.ts";
import { missingHookError, uncheckedHooks } from "./hook-start.ts";
import {
  createAliasCommand,
  listVersionsCommand,
  publishVersionCommand,
  updateAliasCommand,
} from "./lambda-commands.ts";
import { LAMBDA_PLAN, SHIFT_BACK_PLAN } from "./shift-events.ts";
import type { LambdaFacts } from "./shift-facts.ts";
import type { LambdaRollback, LambdaShift } from "./shift-strategies.ts";

export type LambdaStart =
  | { readonly error: DeploymentError }
  | { readonly target: LambdaAliasPlan; readonly warnings?: readonly string[] };

const LATEST = "$LATEST";

/** What keeps a Lambda deployment from starting, or the alias as it starts from it (codedeploy-semantics.md, sections 8 and 12). */
export function lambdaStart(
  strategy: LambdaShift,
  { routing, current, target, leftBy, hooks }: LambdaFacts,
): LambdaStart {
  const { alias, targetVersion } = strategy;
  const { functionName, aliasName } = alias;
  const name = `The alias ${aliasName} of ${functionName}`;
  if (!routing) {
    return invalidFunction(
      `There is no alias ${aliasName} of a function ${functionName}. Create it, and deploy again: ${createAliasCommand(alias)}`,
    );
  }
  const { version: aliasVersion, second } = routing;
  const currentVersion = strategy.currentVersion ?? aliasVersion;
  if (aliasVersion !== currentVersion) {
    return invalidConfiguration(
      `${ALIAS_NOT_CURRENT} ${name} is at version ${aliasVersion}, and the AppSpec file names ${currentVersion} as the current one. Give ${aliasVersion} as CurrentVersion, or write CurrentVersionFromAlias: true in its place, and deploy again.`,
    );
  }
  if (second) return invalidConfiguration(`${name} ${weightedWords(alias, routing.version, second, leftBy)}`);
  if (aliasVersion === targetVersion) {
    return invalidConfiguration(
      `${name} is at version ${aliasVersion} already, which the AppSpec file names as the target: there is nothing to shift. Publish a new version (${publishVersionCommand(functionName)}), and deploy that.`,
    );
  }
  // An alias may point at it, and what it is changes under a deployment.
  if (currentVersion === LATEST) {
    return invalidConfiguration(
      `${name} is at ${LATEST}, which is no published version and cannot share an alias. Publish it (${publishVersionCommand(functionName)}), point the alias at its number, and deploy again.`,
    );
  }
  if (!current || !target) {
    return invalidFunction(
      `Version ${current ? targetVersion : currentVersion} of ${functionName} is not published. To see which are: ${listVersionsCommand(functionName)}. To publish one: ${publishVersionCommand(functionName)}`,
    );
  }
  const difference = differenceOf(current, target);
  if (difference) {
    return invalidConfiguration(
      `The versions ${currentVersion} and ${targetVersion} of ${functionName} cannot share an alias: they differ in their ${difference}. Configure the function as the other version is, publish it anew, and deploy that.`,
    );
  }
  const error = missingHookError(hooks);
  if (error) return { error };
  const versions = { currentVersion, targetVersion };
  const warnings = [...uncheckedVersions(functionName, versions, [current, target]), ...uncheckedHooks(hooks)];
  return { target: planOf(alias, versions, LAMBDA_PLAN), ...(warnings.length > 0 ? { warnings } : {}) };
}

/** The alias is looked at by whoever shifts it back. */
export function lambdaBackStart({ alias, ...versions }: LambdaRollback): LambdaStart {
  return { target: planOf(alias, versions, SHIFT_BACK_PLAN) };
}

function weightedWords(
  alias: LambdaAlias,
  version: string,
  second: NonNullable<AliasRouting["second"]>,
  leftBy: string | undefined,
): string {
  const by =
    leftBy === undefined ? "as a deployment that was stopped leaves it" : `as deployment ${leftBy} has left it`;
  return `sends ${second.percent} % of its traffic to version ${second.version}, ${by}. To give all of it to version ${version} again: ${updateAliasCommand(alias, version)}. Then deploy again.`;
}

/** The target has the function's name, as AWS shows it; whoever is asked is told what the AppSpec names. */
function planOf(
  { functionName: written, aliasName }: LambdaAlias,
  { currentVersion, targetVersion }: Pick<LambdaRollback, "currentVersion" | "targetVersion">,
  lifecycleEvents: LambdaAliasPlan["lifecycleEvents"],
): LambdaAliasPlan {
  const functionName = functionNameOf(written) ?? written;
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

/** Nobody may look at them: whether they can share an alias shows when it is to point to both. */
function uncheckedVersions(
  functionName: string,
  { currentVersion, targetVersion }: Pick<LambdaRollback, "currentVersion" | "targetVersion">,
  facts: readonly VersionFacts[],
): readonly string[] {
  const reason = facts.find(({ unchecked }) => unchecked !== undefined)?.unchecked;
  if (reason === undefined) return [];
  return [`The versions ${currentVersion} and ${targetVersion} of ${functionName} were not looked at: ${reason}.`];
}

function differenceOf(one: VersionFacts, other: VersionFacts): string | undefined {
  if (one.unchecked !== undefined || other.unchecked !== undefined) return undefined;
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
