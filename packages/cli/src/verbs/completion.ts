import { Argument, type Command } from "commander";
import { addExamples } from "../arguments/options.ts";
import { bashCompletion } from "../completion/bash-completion.ts";
import { describeCommands } from "../completion/described-commands.ts";
import { fishCompletion } from "../completion/fish-completion.ts";
import { zshCompletion } from "../completion/zsh-completion.ts";
import { printRaw } from "../output.ts";
import type { Verb, VerbModule } from "../verb.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
type Shell = keyof typeof SCRIPTS;

/** @param verbs all that there are, this one too */
export function completionOf(verbs: readonly Verb[]): VerbModule {
  return { define: (command) => define(command, verbs) };
}

function define(command: Command, verbs: readonly Verb[]): void {
  command.addArgument(new Argument("<shell>", "which shell").choices(Object.keys(SCRIPTS)));
  addExamples(
    command,
    'eval "$(sluice completion bash)"',
    'eval "$(sluice completion zsh)"',
    "sluice completion fish > ~/.config/fish/completions/sluice.fish",
  );
  command.action(async (shell: Shell) => {
    printRaw(SCRIPTS[shell](await describeCommands(verbs)));
  });
}
