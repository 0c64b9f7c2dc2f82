import { becomeFunctionRuntime } from "./function-runtime.ts";

/** The whole command line. The bundles of it leave out what bin/sluice runs another bundle for. */
async function main(argv: readonly string[]): Promise<void> {
  const [{ runProgram }, { VERBS }] = await Promise.all([import("./program.ts"), import("./verb-table.ts")]);
  return runProgram(argv, VERBS);
}

if (!becomeFunctionRuntime(process.argv)) void main(process.argv.slice(2));
