import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { type PlatformName, scenarioOf } from "./platforms.ts";
import { add, newTally, tallyOf } from "./tally.ts";
import { simulateWorld } from "./world.ts";

// One thread of the simulation: batches of seeds come in, tallies go out, null ends it.

export interface Batch {
  readonly platform: PlatformName;
  readonly seed: number;
  readonly count: number;
}

const port = parentPort;
if (!port) throw new Error("this file is run by simulate-worlds.ts, as a thread");
// Of this thread alone. Worlds have their own time, so whatever runs beside them in real time goes first.
setPriority(0, constants.priority.PRIORITY_LOW);
port.on("message", async (batch: Batch | null) => {
  if (!batch) {
    port.close();
    return;
  }
  const tally = newTally();
  for (let seed = batch.seed; seed < batch.seed + batch.count && !tally.violation; seed++) {
    add(tally, tallyOf(await simulateWorld(scenarioOf(batch.platform, seed)), seed));
  }
  port.postMessage(tally);
});
