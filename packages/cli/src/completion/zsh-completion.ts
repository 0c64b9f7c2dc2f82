import type { DescribedCommand, DescribedOption } from "./described-commands.ts";

/** For `eval` in .zshrc, or a file `_sluice` in fpath. Where a value may be anything, file names are completed. */
export function zshCompletion(commands: readonly DescribedCommand[]): string {
  const verbs = commands.filter(({ path }) => !path.includes(" "));
  const leaves = commands.filter(({ parts }) => parts.length === 0);
  return `#compdef sluice
# zsh completion of sluice. To load it, after compinit: eval "$(sluice completion zsh)"
_sluice() {
  local -a entries
  local cmd=\${words[2]} before=\${words[CURRENT-1]}
  if (( CURRENT == 2 )); then
    entries=(${verbs.map(({ path, summary }) => entry(path, summary)).join(" ")})
    _describe verb entries
    return
  fi
  case $cmd in
${verbs
  .filter(({ parts }) => parts.length > 0)
  .map(
    ({ path, parts }) => `    ${path})
      if (( CURRENT == 3 )); then
        entries=(${parts.map(({ name, summary }) => entry(name, summary)).join(" ")})
        _describe command entries
        return
      fi
      cmd="$cmd \${words[3]}" ;;`,
  )
  .join("\n")}
  esac
  case "$cmd $before" in
${leaves.flatMap(valueCases).join("\n")}
  esac
  case $cmd in
${leaves.map(wordsCase).join("\n")}
    *) _files ;;
  esac
}
if [ "\${funcstack[1]}" = _sluice ]; then _sluice "$@"; else compdef _sluice sluice; fi
`;
}

function valueCases({ path, options }: DescribedCommand): string[] {
  const withChoices = options.filter(({ choices }) => choices.length > 0);
  const others = options.filter(({ takesValue, choices }) => takesValue && choices.length === 0);
  return [
    ...withChoices.map(
      ({ long, choices }) => `    "${path} ${long}") compadd -- ${choices.map(quoted).join(" ")}; return ;;`,
    ),
    ...(others.length === 0
      ? []
      : [`    ${others.map(({ long }) => `"${path} ${long}"`).join("|")}) _files; return ;;`]),
  ];
}

function wordsCase({ path, options, choices }: DescribedCommand): string {
  const entries = options.map(({ long, description }: DescribedOption) => entry(long, description)).join(" ");
  const argument = choices.length === 0 ? "_files" : `compadd -- ${choices.map(quoted).join(" ")}`;
  return `    "${path}")
      if [[ $PREFIX == -* ]]; then entries=(${entries}); _describe option entries; else ${argument}; fi ;;`;
}

/** As `_describe` takes it: a colon ends the word. */
function entry(word: string, description: string): string {
  return quoted(`${word.replaceAll(":", "\\:")}:${description}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
