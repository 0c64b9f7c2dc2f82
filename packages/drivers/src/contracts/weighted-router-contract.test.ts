import { type MemoryListener, memoryWeightedRouter } from "../memory/memory-weighted-router.ts";
import { type WeightedRouterWorld, weightedRouterContract } from "./weighted-router-contract.fixture.ts";

async function memoryWorld(): Promise<WeightedRouterWorld> {
  const production: MemoryListener = new Map([
    ["tg-blue", 100],
    ["tg-else", 7],
  ]);
  const listeners = new Map([
    ["production", production],
    ["test", new Map([["tg-blue", 100]])],
    ["foreign", new Map([["tg-else", 100]])],
  ]);
  return {
    router: memoryWeightedRouter.create({}, { listeners }),
    pair: { targetGroups: ["tg-blue", "tg-green"], productionListener: "production", testListener: "test" },
    elsewhere: "tg-else",
    foreignListener: "foreign",
    missingListener: "no-such-listener",
    production: async () => Object.fromEntries(production),
  };
}

weightedRouterContract("memory", memoryWorld);
