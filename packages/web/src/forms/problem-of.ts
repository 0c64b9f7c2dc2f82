import { CallerFault } from "@sluice/model/caller-fault.ts";

/** Why the API would refuse something, in its own words; undefined: it would not, as far as `check` can say. */
export function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof CallerFault) return error.message;
    throw error;
  }
}

/** What is wrong with the fields of a form, by the fields' names. */
export type Problems<Field extends string> = { readonly [F in Field]?: string };

/** Only the fields that have a problem. */
export function problemsOf<Field extends string>(
  checks: {
    readonly [F in Field]: () => unknown;
  },
): Problems<Field> {
  const found: { [F in Field]?: string } = {};
  for (const field of Object.keys(checks) as Field[]) {
    const problem = problemOf(checks[field]);
    if (problem !== undefined) found[field] = problem;
  }
  return found;
}
