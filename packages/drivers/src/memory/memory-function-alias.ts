import {
  type AliasRouting,
  type FunctionAlias,
  type LambdaAlias,
  routingOf,
  shiftTrouble,
  type VersionFacts,
} from "@sluice/engine/ports/function-alias.ts";
import type { Driver, NoSettings } from "../driver.ts";

export interface MemoryFunction {
  /** Published versions. The test's to change. */
  readonly versions: Map<string, VersionFacts>;
  /** By name. */
  readonly aliases: Map<string, AliasRouting>;
}

export interface MemoryFunctionAliasDependencies {
  /** By name, read at every call. */
  readonly functions: ReadonlyMap<string, MemoryFunction>;
}

const RETRY_AFTER_MILLISECONDS = 10;

export function newMemoryVersion(values: Partial<VersionFacts> = {}): VersionFacts {
  return { isActive: true, role: "arn:aws:iam::111122223333:role/run", deadLetterTarget: null, detail: "", ...values };
}

/** Functions in a map, for tests and simulations. */
export const memoryFunctionAlias: Driver<"function-alias", NoSettings, MemoryFunctionAliasDependencies, FunctionAlias> =
  {
    port: "function-alias",
    name: "memory",
    create: (_settings, { functions }) => ({
      describe: async (alias, signal) => {
        signal.throwIfAborted();
        return functions.get(alias.functionName)?.aliases.get(alias.aliasName);
      },
      inspectVersion: async ({ functionName }, version, signal) => {
        signal.throwIfAborted();
        return functions.get(functionName)?.versions.get(version);
      },
      shift: async (alias, shift, signal) => {
        signal.throwIfAborted();
        const found = functions.get(alias.functionName);
        const routing = found?.aliases.get(alias.aliasName);
        if (!found || !routing) return { outcome: "failed", reason: `there is no alias ${nameOf(alias)}` };
        const trouble = shiftTrouble(alias, routing, shift);
        if (trouble !== undefined) return { outcome: "failed", reason: trouble };
        const wished = routingOf(shift);
        for (const version of [wished.version, ...(wished.second ? [wished.second.version] : [])]) {
          const facts = found.versions.get(version);
          if (!facts) return { outcome: "failed", reason: `there is no version ${version} of ${alias.functionName}` };
          if (!facts.isActive) {
            const detail = `version ${version} is not active: ${facts.detail}`;
            return { outcome: "pending", retryAfterMilliseconds: RETRY_AFTER_MILLISECONDS, detail };
          }
        }
        found.aliases.set(alias.aliasName, wished);
        return { outcome: "done" };
      },
    }),
  };

function nameOf({ functionName, aliasName }: LambdaAlias): string {
  return `${functionName}:${aliasName}`;
}
