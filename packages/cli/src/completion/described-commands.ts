import { Command, type Option } from "commander";
import type { Verb } from "../verb.ts";

/** A verb or a part of one, as completion needs it. */
export interface DescribedCommand {
  /** `hosts list` */
  readonly path: string;
  readonly summary: string;
  readonly parts: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly DescribedOption[];
  /** What its first argument may be, where there is a list of that. */
  readonly choices: readonly string[];
}

export interface DescribedOption {
  readonly long: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** What the value may be; empty: anything, such as a file. */
  readonly choices: readonly string[];
}

/** Every verb and every part of one. A verb whose default part may be left out has that part's options, too. */
export async function describeCommands(verbs: readonly Verb[]): Promise<DescribedCommand[]> {
  const described: DescribedCommand[] = [];
  for (const { name, summary, load } of verbs) {
    const command = new Command(name);
    (await load()).define(command);
    described.push({ ...describe(command, name, summary) });
    for (const part of command.commands) described.push(describe(part, `${name} ${part.name()}`, part.description()));
  }
  return described;
}

function describe(command: Command, path: string, summary: string): DescribedCommand {
  const [argument] = command.registeredArguments;
  return {
    path,
    summary: firstSentence(summary),
    parts: command.commands.map((part) => ({ name: part.name(), summary: firstSentence(part.description()) })),
    options: [...command.options.map(describeOption), HELP],
    choices: argument?.argChoices ?? [],
  };
}

const HELP: DescribedOption = { long: "--help", description: "show help", takesValue: false, choices: [] };

function describeOption({ long, flags, description, required, optional, argChoices }: Option): DescribedOption {
  return {
    long: long ?? flags,
    description: firstSentence(description),
    takesValue: required || optional,
    choices: argChoices ?? [],
  };
}

/** Shells show a line of it. */
function firstSentence(text: string): string {
  return text.split(/[:;(]/, 1)[0]?.trim() ?? "";
}
