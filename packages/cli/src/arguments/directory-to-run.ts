const DATA_OPTION = "--data";
const DATA_ASSIGNED = `${DATA_OPTION}=`;

/** DIR of `agent run --data DIR` or `agent run --data=DIR`; undefined for anything else, which the command line's parser answers. */
export function directoryToRun(argv: readonly string[]): string | undefined {
  const [verb, subverb, option = "", ...rest] = argv;
  if (verb !== "agent" || subverb !== "run") return undefined;
  const values = option.startsWith(DATA_ASSIGNED) ? [option.slice(DATA_ASSIGNED.length), ...rest] : rest;
  if (option !== DATA_OPTION && !option.startsWith(DATA_ASSIGNED)) return undefined;
  const [directory = "", ...more] = values;
  return more.length === 0 && directory !== "" && !directory.startsWith("-") ? directory : undefined;
}
