import * as v from "valibot";

/** What the bindings of a driver may set; {@link settings} makes one. */
export type SettingsSchema<Settings extends object> = v.GenericSchema<unknown, Settings> & {
  readonly entries: v.ObjectEntries;
};

/** Why a value of the right type is still wrong, as the end of a sentence; undefined when it is right. */
type Problem = (value: string) => string | undefined;

/** A setting is wrong. `path` says which: `endpoint`. */
export class SettingsError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = "SettingsError";
    this.path = path;
  }
}

/** Every setting of a driver by name. */
export function settings<const Entries extends v.ObjectEntries>(entries: Entries) {
  const names = Object.keys(entries);
  const known = names.length === 0 ? "the driver has no settings" : `use one of ${names.join(", ")}`;
  return v.strictObject(entries, (issue) =>
    isOfUnknownName(issue)
      ? `is not a setting of this driver: ${known}`
      : `is missing: ${descriptionOfMissing(issue, entries)}`,
  );
}

export const NO_SETTINGS = settings({});

/** @param description what it is, for the message about a missing one */
export function text(description: string, problem?: Problem) {
  return textOf(description, problem, (value) => ` ${JSON.stringify(value)}`);
}

/** Its value is in no message. */
export function secretText(description: string, problem?: Problem) {
  return textOf(description, problem, () => "");
}

export function numberWithin(least: number, most: number, description: string) {
  const outside = ({ input }: { readonly input: number }) =>
    `has the value ${input}: give a number from ${least} to ${most}`;
  return v.pipe(
    v.number(({ input }) => wrongType(input, "number", description)),
    v.minValue(least, outside),
    v.maxValue(most, outside),
    v.description(description),
  );
}

export function flag(description: string) {
  return v.pipe(
    v.boolean(({ input }) => wrongType(input, "boolean", description)),
    v.description(description),
  );
}

/** The name is none of the mapping's. */
export function isOfUnknownName({ type, expected }: v.BaseIssue<unknown>): boolean {
  return type === "strict_object" && expected === "never";
}

/** What the entry is described as whose name an issue of its mapping misses. */
export function descriptionOfMissing(issue: v.BaseIssue<unknown>, entries: v.ObjectEntries): string | undefined {
  return v.getDescription(entries[String(issue.path?.at(-1)?.key)] as v.GenericSchema);
}

/** Which of the issues to tell of: a name that is spelled wrongly is why the right one is missing from the same mapping. */
export function firstIssue(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): v.BaseIssue<unknown> {
  const [first] = issues;
  const path = pathOf(first);
  const isAbove = (issue: v.BaseIssue<unknown>) =>
    pathOf(issue).every((key, at, { length }) => at === length - 1 || key === path[at]);
  return issues.find((issue) => isOfUnknownName(issue) && isAbove(issue)) ?? first;
}

/** Names and numbers of items, from the top: `bindings`, 1, `settings`, `endpoint`. */
export function pathOf({ path }: v.BaseIssue<unknown>): (string | number)[] {
  return (path ?? []).map(({ key }) => key as string | number);
}

function textOf(description: string, problem: Problem | undefined, shown: (value: unknown) => string) {
  return v.pipe(
    v.string(({ input }) => wrongType(input, "string", description, shown)),
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed ? problem?.(dataset.value) : undefined;
      if (message !== undefined) addIssue({ message });
    }),
    v.description(description),
  );
}

function wrongType(
  input: unknown,
  type: string,
  description: string,
  shown = (value: unknown) => ` ${JSON.stringify(value)}`,
): string {
  if (input === undefined || input === null) return `is missing: ${description}`;
  return `has the value${shown(input)} of type ${typeof input}: give a ${type}`;
}
