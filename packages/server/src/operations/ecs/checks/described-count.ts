import { invalid } from "./member-rules.ts";

/** What a Describe call names, each once: at least one, and not more than ECS takes. */
export function requireFew(texts: readonly string[] | undefined, member: string, most: number): readonly string[] {
  const few = [...new Set(texts)];
  if (few.length === 0) throw invalid(`${member} must be specified: name at least one.`);
  if (few.length > most)
    throw invalid(`${member} has ${few.length} entries: at most ${most} can be described at once.`);
  return few;
}
