import { Command, CommanderError } from "commander";
import { CommandFailed, describeError, EXIT_USAGE } from "./command-failed.ts";
import { VERBS } from "./verb-table.ts";

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
  for (const verb of VERBS) {
    const command = program.command(verb.name).description(verb.summary);
    command.exitOverride().showHelpAfterError(`(see: sluice ${verb.name} --help)`);
    if (verb.name === wanted) (await verb.load()).define(command);
  }
  program.addHelpText("after", "\nFirst steps: sluice up, then sluice deploy DIR --application A --group G --watch");
  await program.parseAsync(argv, { from: "user" });
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
