import type { AliasRouting } from "@sluice/engine/ports/function-alias.ts";
import { memoryFunctionAlias, newMemoryVersion } from "../memory/memory-function-alias.ts";
import { type FunctionAliasWorld, functionAliasContract } from "./function-alias-contract.fixture.ts";

async function memoryWorld(routing: AliasRouting): Promise<FunctionAliasWorld> {
  const versions = new Map(["1", "2", "3"].map((version) => [version, newMemoryVersion()]));
  const aliases = new Map([["live", routing]]);
  return {
    functions: memoryFunctionAlias.create({}, { functions: new Map([["charge", { versions, aliases }]]) }),
    alias: { functionName: "charge", aliasName: "live" },
    change: async (changed) => void aliases.set("live", changed),
    breakVersion: (version, detail) => void versions.set(version, newMemoryVersion({ isActive: false, detail })),
    mendVersion: (version) => void versions.set(version, newMemoryVersion()),
  };
}

functionAliasContract("memory", memoryWorld);
