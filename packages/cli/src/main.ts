import { Command, CommanderError } from "commander";
import { CommandFailed, describeError, EXIT_USAGE } from "./command-failed.ts";
import { VERBS } from "./verb-table.ts";

/** What a shell reports of a program that SIGPIPE ended. */
const EXIT_OUTPUT_CLOSED = 141;

/**
 * The command line. Only the verb that is asked for is loaded: an agent holds nothing of the other verbs, and `--help` starts at once.
 */
async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("sluice")
    .description("Deploys to your own hosts, and speaks AWS CodeDeploy on the wire.")
    .version("0.1.0", "-V, --version")
    .showHelpAfterError("(see --help)")
    .enablePositionalOptions()
    .exitOverride();
  const asked = argv.find((argument) => !argument.startsWith("-"));
  const wanted = asked === "help" ? argv[argv.indexOf("help") + 1] : asked;
  const isService = VERBS.some((verb) => verb.name === wanted && verb.isService);
  for (const output of [process.stdout, process.stderr]) output.on("error", (error) => onOutputError(error, isService));
  for (const verb of VERBS) {
    const command = program.command(verb.name).description(verb.summary);
    command.exitOverride().showHelpAfterError(`(see: sluice ${verb.name} --help)`);
    if (verb.name === wanted) (await verb.load()).define(command);
  }
  program.addHelpText("after", "\nFirst steps: sluice up, then sluice deploy DIR --application A --group G --watch");
  await program.parseAsync(argv, { from: "user" });
}

function onOutputError(error: NodeJS.ErrnoException, isService: boolean): void {
  if (error.code !== "EPIPE") throw error;
  if (!isService) process.exit(EXIT_OUTPUT_CLOSED);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message; asking for help or the version is no fault.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  } else {
    console.error(`sluice: ${describeError(error)}`);
    process.exitCode = error instanceof CommandFailed ? error.exitStatus : 1;
  }
}
