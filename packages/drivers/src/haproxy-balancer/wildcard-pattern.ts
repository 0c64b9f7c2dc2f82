/** As a regular expression for the whole value: `*` any run of `any`, `?` one of it. POSIX and PCRE read it alike. */
export function wildcardPattern(pattern: string, any = "."): string {
  return `^${wildcardText(pattern, any)}$`;
}

/** The same without its ends. */
export function wildcardText(pattern: string, any = "."): string {
  return pattern
    .replaceAll(/\*+/g, "*")
    .replaceAll(/[.^$+()[\]{}|\\]/g, "\\$&")
    .replaceAll("?", any)
    .replaceAll("*", `${any}*`);
}
