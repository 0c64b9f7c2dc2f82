import type { DescribedCommand, DescribedOption } from "./described-commands.ts";

/** For a file in ~/.config/fish/completions. Where a value may be anything, file names are completed. */
export function fishCompletion(commands: readonly DescribedCommand[]): string {
  const verbs = commands.filter(({ path }) => !path.includes(" "));
  const lines = [
    "# fish completion of sluice. To load it: sluice completion fish > ~/.config/fish/completions/sluice.fish",
    "complete -c sluice -f -n __fish_use_subcommand -l help -d 'show help'",
    ...verbs.map(
      ({ path, summary }) => `complete -c sluice -f -n __fish_use_subcommand -a ${path} -d ${quoted(summary)}`,
    ),
    ...verbs.flatMap(partLines),
    ...commands.filter(({ parts }) => parts.length === 0).flatMap(leafLines),
  ];
  return `${lines.join("\n")}\n`;
}

function partLines({ path, parts }: DescribedCommand): string[] {
  const names = parts.map(({ name }) => name).join(" ");
  const condition = `__fish_seen_subcommand_from ${path}; and not __fish_seen_subcommand_from ${names}`;
  return parts.map(
    ({ name, summary }) => `complete -c sluice -f -n ${quoted(condition)} -a ${name} -d ${quoted(summary)}`,
  );
}

function leafLines({ path, options, choices }: DescribedCommand): string[] {
  const condition = path
    .split(" ")
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join("; and ");
  const base = `complete -c sluice -n ${quoted(condition)}`;
  return [
    ...(choices.length === 0 ? [] : [`${base} -f -a ${quoted(choices.join(" "))}`]),
    ...options.map(
      (option) => `${base} -l ${option.long.replace(/^--/, "")}${valueFlags(option)} -d ${quoted(option.description)}`,
    ),
  ];
}

function valueFlags({ takesValue, choices }: DescribedOption): string {
  if (choices.length > 0) return ` -x -a ${quoted(choices.join(" "))}`;
  return takesValue ? " -r" : "";
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
