import { shellWord } from "@sluice/model/shell-word.ts";

/** The command as it works here: `sluice` verbs get the data directory that was given to this one. */
export function pasteableCommand(command: string, dataDirectory: string | undefined): string {
  if (dataDirectory === undefined || !command.startsWith("sluice ")) return command;
  return `${command} --data ${shellWord(dataDirectory)}`;
}
