import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { memoryFunctionAlias } from "@sluice/drivers/memory/memory-function-alias.ts";
import { memoryHookInvoker } from "@sluice/drivers/memory/memory-hook-invoker.ts";
import { memoryWeightedRouter } from "@sluice/drivers/memory/memory-weighted-router.ts";
import type { TaskSets } from "@sluice/engine/ports/task-sets.ts";
import { BINDABLE_DRIVERS } from "@sluice/server/bindings/bindable-drivers.ts";
import { composeDrivers } from "@sluice/server/bindings/compose-drivers.ts";
import { EMPTY_CONFIG, parseSluiceYml } from "@sluice/server/config/sluice-yml.ts";
import { systemTimers } from "@sluice/server/loops/timers.ts";
import { openStore } from "@sluice/server/store/open-store.ts";
import { pino } from "pino";
import { describe, expect, it } from "vitest";

const page = readFileSync(resolve(import.meta.dirname, "../../docs/reference/sluice-yml.md"), "utf8");
const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => text ?? "");
const bindings = examples.flatMap((text) => parseSluiceYml(text, "sluice-yml.md", BINDABLE_DRIVERS).bindings);

function noObjects(): never {
  throw new Error("nobody asks for objects here");
}

describe("the page about sluice.yml", () => {
  it("has an example of every driver, and a server starts with all of them", async () => {
    const shown = bindings.map(({ port, driver }) => `${port} ${driver}`);
    expect([...new Set(shown)].sort()).toEqual(BINDABLE_DRIVERS.map(({ port, name }) => `${port} ${name}`).sort());
    const store = await openStore({ dataDirectory: ":memory:" });
    try {
      const drivers = await composeDrivers({
        store,
        config: { ...EMPTY_CONFIG, bindings },
        region: "us-east-1",
        bucket: {
          head: noObjects,
          open: noObjects,
          sha256: noObjects,
          headBucket: noObjects,
          createBucket: noObjects,
          put: noObjects,
          delete: noObjects,
          list: noObjects,
        },
        timers: systemTimers,
        log: pino({ level: "silent" }),
        // Parts of a server that this test does not start.
        local: {
          taskSets: () => ({}) as TaskSets,
          weightedRouter: () => memoryWeightedRouter.create({}, { listeners: new Map() }),
          functionAlias: () => memoryFunctionAlias.create({}, { functions: new Map() }),
          hookInvoker: () => memoryHookInvoker.create({}, { hooks: new Set(), runs: new Map() }),
        },
      });
      await drivers.close();
    } finally {
      await store.close();
    }
  });

  it.each(BINDABLE_DRIVERS)("names every setting of $name", ({ configSchema }) => {
    const unnamed = Object.keys(configSchema?.entries ?? {}).filter((setting) => !page.includes(`\`${setting}\``));
    expect(unnamed).toEqual([]);
  });
});
