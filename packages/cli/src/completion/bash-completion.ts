import type { DescribedCommand, DescribedOption } from "./described-commands.ts";

/** For `eval` in .bashrc, or a file of bash-completion. Where a value may be anything, file names are completed. */
export function bashCompletion(commands: readonly DescribedCommand[]): string {
  const verbs = commands.filter(({ path }) => !path.includes(" "));
  return `# bash completion of sluice. To load it: eval "$(sluice completion bash)"
_sluice() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${verbs.map(({ path }) => path).join(" ")} --help --version" -- "$word"))
    return
  fi
  case $path in
${verbs.filter(hasParts).map(partsCase).join("\n")}
  esac
  case "$path $before" in
${commands.flatMap(valueCases).join("\n")}
  esac
  case $path in
${commands
  .filter((command) => !hasParts(command))
  .map(wordsCase)
  .join("\n")}
  esac
}
complete -o default -F _sluice sluice
`;
}

function hasParts({ parts }: DescribedCommand): boolean {
  return parts.length > 0;
}

/** The second word; after it the path has two words. */
function partsCase({ path, parts }: DescribedCommand): string {
  const names = parts.map(({ name }) => name).join(" ");
  return `    ${path})
      if [ "$COMP_CWORD" -eq 2 ]; then
        COMPREPLY=($(compgen -W "${names} --help" -- "$word"))
        return
      fi
      path="$path \${COMP_WORDS[2]}" ;;`;
}

function valueCases({ path, options }: DescribedCommand): string[] {
  const withChoices = options.filter(({ choices }) => choices.length > 0);
  const others = options.filter(({ takesValue, choices }) => takesValue && choices.length === 0);
  return [
    ...withChoices.map(({ long, choices }) => `    "${path} ${long}") ${reply(choices)}; return ;;`),
    ...(others.length === 0 ? [] : [`    ${others.map(({ long }) => `"${path} ${long}"`).join("|")}) return ;;`]),
  ];
}

/** A word that is no option is completed as an argument: one of a list, or else a file. */
function wordsCase({ path, options, choices }: DescribedCommand): string {
  const longs = options.map(({ long }: DescribedOption) => long);
  const ofList = choices.length === 0 ? "" : `\n      [[ $word == -* ]] || ${reply(choices)}`;
  return `    "${path}")
      [[ $word != -* ]] || ${reply(longs)}${ofList} ;;`;
}

function reply(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$word"))`;
}
