import { type ParseArgsConfig, parseArgs } from "node:util";

/** Of a command line that cannot be understood; 1 is for what it was to find out. */
const MISUSE_EXIT_CODE = 2;

/** The options of a script of ours. --help, and an option that does not exist, end it with its usage. */
export function readCommandLine<Config extends ParseArgsConfig>(
  usage: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  if (process.argv.slice(2).some((argument) => argument === "-h" || argument === "--help")) {
    console.log(`Usage: ${usage}`);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    return misuse((error as Error).message, usage);
  }
}

export function misuse(problem: string, usage: string): never {
  console.error(`${problem}\nUsage: ${usage}`);
  process.exit(MISUSE_EXIT_CODE);
}
