/** As agents match `pattern` and `except`: `*` is the only wildcard, and a path with a `/` never matches. */
export function matchesSimpleGlob(relativePath: string, pattern: string): boolean {
  if (relativePath.includes("/")) return false;
  const pieces = pattern.split("*");
  const [first = "", ...rest] = pieces;
  if (!relativePath.startsWith(first)) return false;
  if (rest.length === 0) return relativePath === first;
  const last = rest.pop() ?? "";
  let position = first.length;
  for (const piece of rest) {
    const found = relativePath.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return relativePath.length - last.length >= position && relativePath.endsWith(last);
}
