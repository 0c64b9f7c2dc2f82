import { SLUICE_VERSION } from "@sluice/model/version.ts";
import { Command, CommanderError } from "commander";
import { checkSpelling } from "./arguments/check-spelling.ts";
import { EXIT_USAGE, reportFailure } from "./command-failed.ts";
import { PARSER_OUTPUT } from "./output.ts";
import { outliveItsReaders } from "./terminal/closed-output.ts";
import type { Verb } from "./verb.ts";

const FIRST_STEPS = `
First steps:
  sluice up --detach
  sluice applications create hello
  sluice groups create --application hello --group try --tag Environment=up
  sluice deploy DIR --application hello --group try --watch`;

/** Runs the command line, and leaves its exit status in `process.exitCode`. Only the verb that is asked for is loaded. */
export async function runProgram(argv: readonly string[], verbs: readonly Verb[]): Promise<void> {
  try {
    await run(argv, verbs);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its message; asking for help or the version is not an error.
      process.exitCode = error.exitCode === 0 ? 0 : (askedVerb(argv, verbs)?.usageStatus ?? EXIT_USAGE);
    } else reportFailure(error);
  }
}

/** `help hosts list` asks what `hosts list --help` does. The parser reads one word after help, and ignores one that it does not know. */
function spelledOut(argv: readonly string[], verbs: readonly Verb[]): readonly string[] {
  const [first, ...words] = argv;
  const [named] = words;
  if (first !== "help" || named === undefined || named === "help" || named.startsWith("-")) return argv;
  // An unknown verb is refused as it is without help.
  return verbs.some(({ name }) => name === named) ? [...words, "--help"] : words;
}

function askedVerb(argv: readonly string[], verbs: readonly Verb[]): Verb | undefined {
  const name = argv.find((argument) => !argument.startsWith("-"));
  return verbs.find((verb) => verb.name === name);
}

async function run(given: readonly string[], verbs: readonly Verb[]): Promise<void> {
  const argv = spelledOut(given, verbs);
  const program = new Command("sluice")
    .description("Deploys to your own hosts, with the AWS CodeDeploy API.")
    .version(SLUICE_VERSION, "-V, --version")
    .showHelpAfterError("(see --help)")
    .enablePositionalOptions()
    .configureOutput(PARSER_OUTPUT)
    .exitOverride();
  const asked = askedVerb(argv, verbs)?.name;
  const isService = verbs.some((verb) => verb.name === asked && verb.isService);
  outliveItsReaders(isService);
  for (const verb of verbs) {
    const command = program.command(verb.name).description(verb.summary);
    command.exitOverride().showHelpAfterError(`(see: sluice ${verb.name} --help)`);
    if (verb.name === asked) (await verb.load()).define(command);
    for (const part of command.commands) part.showHelpAfterError(`(see: sluice ${verb.name} ${part.name()} --help)`);
    if (verb.name === asked) checkSpelling(command, argv.slice(argv.indexOf(verb.name) + 1));
  }
  program.addHelpText("after", FIRST_STEPS);
  await program.parseAsync(argv, { from: "user" });
}
