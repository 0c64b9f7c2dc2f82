import { misuse, readCommandLine } from "../../scripts/command-line.ts";
import { DEFAULT_PLATFORM, isPlatformName, PLATFORMS } from "./platforms.ts";
import { simulateWorlds } from "./simulate-worlds.ts";

// npm run simulate -- --seed N --count M: M worlds from seed N on; prints the mix of strategies, faults and outcomes, and ends with 1 at
// a violation, told as a story. --deployments D ends it once so many have been simulated; --progress tells how far it is, and where to
// go on after a break.

const PROGRESS_MILLISECONDS = 30_000;

const NAMES = Object.keys(PLATFORMS).join(", ");
const USAGE = `npm run simulate -- [--platform P] [--seed N] [--count M] [--deployments D] [--progress]

Simulates M worlds (40), from seed N (1) on, and ends with 1 at a violation, told as a story.
  --platform P      what is deployed to: ${NAMES} (${DEFAULT_PLATFORM})
  --deployments D   ends once so many deployments have been simulated
  --progress        says how far it is, and from which seed to go on after a break`;
const { values } = readCommandLine(USAGE, {
  options: {
    platform: { type: "string", default: DEFAULT_PLATFORM },
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "40" },
    deployments: { type: "string" },
    progress: { type: "boolean", default: false },
  },
});
const platform = isPlatformName(values.platform)
  ? values.platform
  : misuse(`--platform is ${values.platform}: give one of ${NAMES}`, USAGE);
const seed = wholeNumber("--seed", values.seed, 0);
const count = wholeNumber("--count", values.count, 1);
const deployments =
  values.deployments === undefined ? Number.POSITIVE_INFINITY : wholeNumber("--deployments", values.deployments, 1);

const startedAt = performance.now();
let toldAt = startedAt;
const { text, story } = await simulateWorlds({
  platform,
  seed,
  count,
  isEnough: (tally) => tally.deployments >= deployments,
  onProgress: (tally, nextSeed) => {
    const now = performance.now();
    if (!values.progress || now - toldAt < PROGRESS_MILLISECONDS) return;
    toldAt = now;
    const aSecond = ((tally.deployments / (now - startedAt)) * 1000).toFixed(0);
    console.log(`${tally.deployments} deployments, ${aSecond} a second; to go on from here: --seed ${nextSeed}`);
  },
});
console.log(text);
process.exitCode = story === null ? 0 : 1;

function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  return misuse(`${option} is ${text}: give a whole number from ${least} on`, USAGE);
}
