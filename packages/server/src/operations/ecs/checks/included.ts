import { excerpt } from "@sluice/model/excerpt.ts";
import { invalid } from "./member-rules.ts";

/** What a Describe call asks for beside the usual. */
export function readIncluded<const Field extends string>(
  include: readonly string[] | undefined,
  known: readonly Field[],
): ReadonlySet<Field> {
  return new Set(
    (include ?? []).map((text) => {
      const field = known.find((one) => one === text);
      if (field !== undefined) return field;
      throw invalid(`include ${excerpt(text)} is not known: use ${known.join(", ")}.`);
    }),
  );
}
