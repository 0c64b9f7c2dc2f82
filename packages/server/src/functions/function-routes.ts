import { createHash } from "node:crypto";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { FUNCTION_CONFIGURATION } from "../store/columns/lambda-columns.ts";
import { type FunctionAlias, findAlias } from "../store/lambda/aliases.ts";
import { findFunction, sumReservedConcurrency } from "../store/lambda/functions.ts";
import type { VersionMake } from "../store/lambda/version-makes.ts";
import { type FunctionVersion, findVersion, LATEST } from "../store/lambda/versions.ts";
import type { Store } from "../store/open-store.ts";
import type { WakeFeed } from "../store/wake-feed.ts";

/** A version as invocations reach it. Its environments are those of its `key`: code or configuration that changed has another one. */
export interface RoutedVersion extends FunctionVersion {
  readonly uid: number | null;
  /** Names the version, whatever its code is at the time. */
  readonly name: string;
  readonly key: string;
}

/** Where the invocations of a name and a qualifier go. */
export interface FunctionRoute {
  readonly functionName: string;
  /** As the function is told it. */
  readonly invokedFunctionArn: string;
  /** PutFunctionConcurrency; null: it takes part in what nobody has reserved. */
  readonly reservedConcurrency: number | null;
  /** Of all functions together. */
  readonly reservedByAll: number;
  readonly first: RoutedVersion;
  /** What an alias sends to a second version, 0 to 1. */
  readonly second: { readonly version: RoutedVersion; readonly weight: number } | null;
}

export interface FunctionRoutesDependencies {
  readonly store: Pick<Store, "db" | "dialect">;
  /** Whoever changes functions, versions or aliases publishes there. */
  readonly changes: WakeFeed;
  readonly scope: ArnScope;
  readonly now: () => number;
}

/** How long a route is believed where another server may have changed it. One server alone is told of each change. */
export const SHARED_ROUTE_MILLISECONDS = 1_000;

interface Kept {
  readonly route: FunctionRoute;
  readonly until: number;
}

/**
 * Where invocations go. What was read is kept until somebody publishes a change, so that a weight is in force for the next invocation after
 * UpdateAlias was answered, and a warm invocation asks no database.
 */
export class FunctionRoutes {
  readonly #dependencies: FunctionRoutesDependencies;
  readonly #unsubscribe: () => void;
  /** Replaced whole by a change: what was read before it is then kept by nobody. */
  #kept = new Map<string, Kept>();

  constructor(dependencies: FunctionRoutesDependencies) {
    this.#dependencies = dependencies;
    this.#unsubscribe = dependencies.changes.subscribe(() => {
      this.#kept = new Map();
    });
  }

  /**
   * Rejects with a CallerFault when there is no such function, version or alias.
   *
   * @returns at once where it is known: the path of every warm invocation
   */
  find(functionName: string, qualifier: string = LATEST): FunctionRoute | Promise<FunctionRoute> {
    const key = `${functionName}:${qualifier}`;
    const kept = this.#kept.get(key);
    if (kept && kept.until > this.#dependencies.now()) return kept.route;
    return this.#read(functionName, qualifier, key);
  }

  close(): void {
    this.#unsubscribe();
  }

  async #read(functionName: string, qualifier: string, key: string): Promise<FunctionRoute> {
    const { store, now } = this.#dependencies;
    const kept = this.#kept;
    const readAt = now();
    const route = await readRoute(this.#dependencies, functionName, qualifier);
    const until = store.dialect === "sqlite" ? Number.POSITIVE_INFINITY : readAt + SHARED_ROUTE_MILLISECONDS;
    kept.set(key, { route, until });
    return route;
  }
}

/** `random` is from 0 to less than 1. */
export function pickVersion({ first, second }: Pick<FunctionRoute, "first" | "second">, random: number): RoutedVersion {
  return second !== null && random < second.weight ? second.version : first;
}

export function versionName(functionName: string, version: string): string {
  return `${functionName}:${version}`;
}

/** Another one for each UpdateFunctionCode and UpdateFunctionConfiguration, and for a function that was deleted and created anew. */
export function versionKey({ functionName, version, codeSha256, configuration, modifiedAt, uid }: VersionMake): string {
  // A digest: variables may be secrets.
  const digest = createHash("sha256")
    .update(String(FUNCTION_CONFIGURATION.write(configuration)))
    .digest("hex");
  return `${versionName(functionName, version)} ${codeSha256} ${digest} ${modifiedAt} ${uid}`;
}

async function readRoute(
  { store: { db }, scope }: FunctionRoutesDependencies,
  functionName: string,
  qualifier: string,
): Promise<FunctionRoute> {
  const row = await findFunction(db, functionName);
  if (!row) throw noSuchFunction(scope, functionName);
  const read = async (version: string): Promise<RoutedVersion> => {
    const found = await findVersion(db, { functionName, version });
    if (!found) throw noSuchFunction(scope, functionName, version);
    const made = { ...found, uid: row.uid };
    return { ...made, name: versionName(functionName, version), key: versionKey(made) };
  };
  const alias = isVersion(qualifier) ? undefined : await findAlias(db, { functionName, aliasName: qualifier });
  const versions = alias ?? { version: qualifier, second: null };
  return {
    functionName,
    invokedFunctionArn: functionArn(scope, functionName, qualifier === LATEST ? undefined : qualifier),
    reservedConcurrency: row.reserved_concurrency,
    reservedByAll: await sumReservedConcurrency(db),
    first: await read(versions.version),
    second: await readSecond(versions, read),
  };
}

async function readSecond(
  { second }: Pick<FunctionAlias, "second">,
  read: (version: string) => Promise<RoutedVersion>,
): Promise<FunctionRoute["second"]> {
  return second && { version: await read(second.version), weight: second.weight };
}

function isVersion(qualifier: string): boolean {
  return qualifier === LATEST || /^\d+$/.test(qualifier);
}

function functionArn({ region, accountId }: ArnScope, functionName: string, qualifier?: string): string {
  const arn = `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

export function noSuchFunction(scope: ArnScope, functionName: string, qualifier?: string): CallerFault {
  const arn = functionArn(scope, excerpt(functionName), qualifier && excerpt(qualifier));
  return new CallerFault("ResourceNotFoundException", `Function not found: ${arn}`);
}
