import {
  type AliasRouting,
  type AliasShift,
  type FunctionAlias,
  type LambdaAlias,
  routingOf,
  shiftTrouble,
  type VersionFacts,
} from "@sluice/engine/ports/function-alias.ts";
import type { FunctionRunner } from "@sluice/engine/ports/function-runner.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import { findAlias, type FunctionAlias as StoredAlias, saveAlias } from "../store/lambda/aliases.ts";
import { changeFunctions } from "../store/lambda/change-functions.ts";
import { findFunction, lockFunction } from "../store/lambda/functions.ts";
import { type FunctionVersion, findVersion, LATEST } from "../store/lambda/versions.ts";
import type { Store } from "../store/open-store.ts";
import type { WakeFeed } from "../store/wake-feed.ts";
import { namedFunction } from "./named-function.ts";

export interface LocalFunctionAliasDependencies {
  readonly store: Store;
  readonly runner: Pick<FunctionRunner, "troubleWith">;
  /** Who routes invocations hears there of the new weights. */
  readonly changes: WakeFeed;
  readonly scope: ArnScope;
  readonly randomUuid: () => string;
}

const ASK_AGAIN_MILLISECONDS = 1_000;
/** Weights are stored as fractions, of which 0.29 is none exactly: what a deployment set is told to the digit. */
const PERCENT_DIGITS = 6;

/** Aliases of functions that this server runs itself: a weight is a row. */
export function localFunctionAlias(dependencies: LocalFunctionAliasDependencies): FunctionAlias {
  const { store, scope } = dependencies;
  const named = ({ functionName, aliasName }: LambdaAlias) => {
    const found = namedFunction(functionName, scope);
    return found && { functionName: found.functionName, aliasName };
  };
  return {
    describe: async (alias, signal) => {
      signal.throwIfAborted();
      const name = named(alias);
      const found = name && (await findAlias(store.db, name));
      return found && routingOfStored(found);
    },
    inspectVersion: async (alias, version, signal) => {
      signal.throwIfAborted();
      const name = named(alias);
      const found = name && (await findPublished(store, name.functionName, version));
      return found && inspect(found, dependencies);
    },
    shift: async (alias, shift, signal) => {
      signal.throwIfAborted();
      const name = named(alias);
      if (!name) return missingAlias(alias);
      const waiting = shift.percent > 0 ? await whyNotReady(name.functionName, shift, dependencies) : undefined;
      return changeFunctions(dependencies, (transaction) =>
        shiftStored(transaction, { ...alias, ...name }, shift, waiting, dependencies.randomUuid()),
      );
    },
  };
}

async function shiftStored(
  transaction: WriteTransaction,
  alias: LambdaAlias,
  shift: AliasShift,
  waiting: string | undefined,
  revisionId: string,
): Promise<PortOutcome> {
  const { functionName } = alias;
  const locked = await lockFunction(transaction, functionName);
  const stored = locked && (await findAlias(transaction.db, alias));
  if (!stored) return missingAlias(alias);
  const before = routingOfStored(stored);
  const trouble = shiftTrouble(alias, before, shift);
  if (trouble !== undefined) return failed(trouble);
  const wished = routingOf(shift);
  for (const version of [wished.version, ...(wished.second ? [wished.second.version] : [])]) {
    if (!(await findVersion(transaction.db, { functionName, version }))) {
      return failed(`there is no version ${version} of the function ${functionName}`);
    }
  }
  if (waiting !== undefined) {
    return { outcome: "pending", retryAfterMilliseconds: ASK_AGAIN_MILLISECONDS, detail: waiting };
  }
  if (!isSameRouting(before, wished))
    await saveAlias(transaction.db, { ...stored, ...storedRouting(wished), revisionId });
  return { outcome: "done" };
}

/** Undefined: the target version can be invoked, or is not there at all. */
async function whyNotReady(
  functionName: string,
  { targetVersion }: AliasShift,
  dependencies: LocalFunctionAliasDependencies,
): Promise<string | undefined> {
  const version = await findPublished(dependencies.store, functionName, targetVersion);
  const facts = version && (await inspect(version, dependencies));
  return facts && !facts.isActive ? `version ${targetVersion} is not active: ${facts.detail}` : undefined;
}

async function inspect(
  { functionName, configuration: { runtime, handler, role } }: FunctionVersion,
  { store, runner }: LocalFunctionAliasDependencies,
): Promise<VersionFacts> {
  const uid = (await findFunction(store.db, functionName))?.uid ?? null;
  // Its runtime was there when it was created, and may have been removed since.
  const detail = (await runner.troubleWith({ runtime, handler, uid })) ?? "";
  return { isActive: detail === "", role, deadLetterTarget: null, detail };
}

async function findPublished(
  { db }: Pick<Store, "db">,
  functionName: string,
  version: string,
): Promise<FunctionVersion | undefined> {
  return version === LATEST ? undefined : findVersion(db, { functionName, version });
}

function routingOfStored({ version, second }: Pick<StoredAlias, "version" | "second">): AliasRouting {
  if (!second) return { version, second: null };
  return {
    version,
    second: { version: second.version, percent: Number((second.weight * 100).toFixed(PERCENT_DIGITS)) },
  };
}

function storedRouting({ version, second }: AliasRouting): Pick<StoredAlias, "version" | "second"> {
  return { version, second: second && { version: second.version, weight: second.percent / 100 } };
}

function isSameRouting(one: AliasRouting, other: AliasRouting): boolean {
  return (
    one.version === other.version &&
    one.second?.version === other.second?.version &&
    one.second?.percent === other.second?.percent
  );
}

function missingAlias({ functionName, aliasName }: LambdaAlias): PortOutcome {
  return failed(`there is no alias ${aliasName} of a function ${functionName} on this server`);
}

function failed(reason: string): PortOutcome {
  return { outcome: "failed", reason };
}
