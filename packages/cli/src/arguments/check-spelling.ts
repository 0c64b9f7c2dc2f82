import type { Command, Option } from "commander";
import { nearestWord } from "./nearest-word.ts";

/** The options whose value may be empty: they are texts. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(["--description"]);
const HELP_OPTIONS = ["--help", "-h"];
const HELP_COMMAND = "help";

/**
 * Finds what is misspelt before the parser looks: it complains first of a mandatory option that is missing, and takes a misspelt command
 * for an argument of the default one.
 * @param args what follows the verb on the command line
 */
export function checkSpelling(verb: Command, args: readonly string[]): void {
  const [first = ""] = args;
  if (verb.commands.length === 0) {
    checkOptions(verb, args);
    return;
  }
  const named = verb.commands.find((command) => command.name() === first);
  if (named) checkOptions(named, args.slice(1));
  else if (first !== "" && first !== HELP_COMMAND && !first.startsWith("-")) failUnknownCommand(verb, first);
}

function failUnknownCommand(verb: Command, word: string): never {
  const names = verb.commands.map((command) => command.name());
  const nearest = nearestWord(word, names);
  const cure = nearest === undefined ? `use one of ${names.join(", ")}` : `did you mean ${nearest}?`;
  verb.error(`error: unknown command '${word}' of ${pathOf(verb)}: ${cure}`);
}

function checkOptions(command: Command, args: readonly string[]): void {
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") return;
    if (!word.startsWith("-") || word === "-") continue;
    const [name, value] = nameAndValue(word);
    if (HELP_OPTIONS.includes(name)) continue;
    const option = command.options.find(({ long, short }) => long === name || short === name);
    if (option === undefined) failUnknownOption(command, name);
    if (!option.required) continue;
    const given = value ?? args[++at];
    if (given === "" && !MAY_BE_EMPTY.has(name)) failEmpty(command, option);
  }
}

/** `--name=value`, `--name`, or `-n`, after which further letters are its value. */
function nameAndValue(word: string): [name: string, value: string | undefined] {
  if (!word.startsWith("--")) return [word.slice(0, 2), word.length > 2 ? word.slice(2) : undefined];
  const at = word.indexOf("=");
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function failUnknownOption(command: Command, name: string): never {
  const nearest = nearestWord(name, command.options.map(({ long }) => long ?? "").concat("--help"));
  command.error(
    `error: unknown option '${name}' of ${pathOf(command)}${nearest === undefined ? "" : `: did you mean ${nearest}?`}`,
  );
}

function failEmpty(command: Command, { flags, mandatory }: Option): never {
  command.error(`error: option '${flags}' has an empty value: give it one${mandatory ? "" : ", or omit the option"}`);
}

/** `sluice hosts list` */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
