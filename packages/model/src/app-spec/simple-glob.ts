import { matchesPattern } from "../name-pattern.ts";

/** As agents match `pattern` and `except`: `*` is the only wildcard, and a path with a `/` never matches. */
export function matchesSimpleGlob(relativePath: string, pattern: string): boolean {
  return !relativePath.includes("/") && matchesPattern(pattern, relativePath);
}
