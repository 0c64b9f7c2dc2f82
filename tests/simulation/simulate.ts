import { parseArgs } from "node:util";
import { simulateWorlds } from "./simulate-worlds.ts";

// npm run simulate -- --seed N --count M: M worlds from seed N on; prints the mix of faults and outcomes, and ends with 1 at a violation.

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, count: { type: "string", default: "200" } },
});
const seed = Number(values.seed);
const count = Number(values.count);
if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`--seed is ${values.seed}: give a whole number from 0 on`);
if (!Number.isSafeInteger(count) || count < 1)
  throw new Error(`--count is ${values.count}: give a whole number from 1 on`);

const summary = await simulateWorlds({ seed, count });
console.log(summary.text);
process.exitCode = summary.violation === null ? 0 : 1;
