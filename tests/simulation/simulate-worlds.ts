import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { DEFAULT_PLATFORM, type PlatformName, scenarioOf } from "./platforms.ts";
import type { Batch } from "./simulation-worker.ts";
import { tell } from "./story.ts";
import { add, describeTally, newTally, type Tally } from "./tally.ts";
import { simulateWorld } from "./world.ts";

/** Worlds that a thread is given at a time. */
const BATCH_WORLDS = 4;
const MAX_THREADS = 8;
/** Worlds make much that is soon forgotten: with more room for it than usual, a tenth of the time goes into simulating instead. */
const YOUNG_MEBIBYTES = 192;

export interface Simulations {
  readonly platform?: PlatformName;
  readonly seed: number;
  readonly count: number;
  /** Asked before every batch but the first. */
  readonly isEnough?: (tally: Tally) => boolean;
  /** Told after every batch; worlds before `nextSeed` have all been simulated. */
  readonly onProgress?: (tally: Tally, nextSeed: number) => void;
}

export interface SimulationSummary {
  readonly tally: Tally;
  /** The broken rule of the lowest seed, as a story; null when none was broken. */
  readonly story: string | null;
  /** The mix, and the story, for a person. */
  readonly text: string;
}

/** Many worlds on all processors, up to the first that breaks a rule. Which threads there are makes no difference to what is found. */
export async function simulateWorlds({
  platform = DEFAULT_PLATFORM,
  seed,
  count,
  isEnough = () => false,
  onProgress,
}: Simulations): Promise<SimulationSummary> {
  const tally = newTally();
  const end = seed + count;
  const finished = new Set<number>();
  let next = seed;
  let done = seed;
  const hand = (): Batch | null => {
    if (next >= end || tally.violation || isEnough(tally)) return null;
    const batch = { platform, seed: next, count: Math.min(BATCH_WORLDS, end - next) };
    next += batch.count;
    return batch;
  };
  const take = (more: Tally, batchSeed: number) => {
    add(tally, more);
    finished.add(batchSeed);
    while (finished.delete(done)) done = Math.min(end, done + BATCH_WORLDS);
    onProgress?.(tally, done);
  };
  const threads = Math.min(MAX_THREADS, availableParallelism(), Math.ceil(count / BATCH_WORLDS));
  await Promise.all(Array.from({ length: threads }, () => work(hand, take)));
  const story = tally.violation
    ? await tell(await simulateWorld(scenarioOf(platform, tally.violation.seed)), tally.violation.seed)
    : null;
  return { tally, story, text: `${describeTally(tally, seed)}\n${story ?? "No rule was broken."}` };
}

/** One thread, for as long as there is work. A world that throws is a mistake of the simulation's, and ends it. */
function work(hand: () => Batch | null, take: (tally: Tally, seed: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./simulation-worker.ts", import.meta.url), {
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
    });
    let batch: Batch | null = null;
    const giveNext = () => {
      batch = hand();
      worker.postMessage(batch);
    };
    worker.on("message", (tally: Tally) => {
      if (batch) take(tally, batch.seed);
      giveNext();
    });
    worker.on("error", reject);
    worker.on("exit", () => resolve());
    giveNext();
  });
}
