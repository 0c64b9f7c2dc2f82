import { untimedLine } from "./plain-line.ts";

type Replacement = readonly [pattern: RegExp, by: string];

/** In this order: what contains numbers comes before numbers. Each looks at a character a bounded number of times. */
const REPLACEMENTS: readonly Replacement[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\bd-[A-Z0-9]{9}\b/g, "<deployment>"],
  [/\bi-[0-9a-f]{8,17}\b/g, "<host>"],
  [/\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?/g, "<time>"],
  [
    /\b(?:[A-Z][a-z]{2},? )?(?:[A-Z][a-z]{2} [ \d]\d|\d\d [A-Z][a-z]{2} \d{4}) \d\d:\d\d:\d\d(?:\.\d{1,9})?(?: \d{4}| GMT)?/g,
    "<time>",
  ],
  [/\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\b/g, "<time>"],
  [/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{1,5})?\b/g, "<address>"],
  [/\bip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}\b/g, "<host>"],
  [/\[(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\](?::\d{1,5})?/gi, "<address>"],
  [/(?<![\w:.])(?=[0-9a-f]*:[0-9a-f]*:|[0-9a-f:]*::)(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}(?![\w:])/gi, "<address>"],
  [/\b0x[0-9a-f]+\b/gi, "<hex>"],
  // A word of letters alone, such as "defaced", is not one.
  [/\b(?=[a-f]{0,63}\d)[0-9a-f]{8,128}\b/gi, "<hex>"],
  // Of mktemp, and of Python's tempfile.
  [/\btmp\.[A-Za-z0-9]{6,12}\b|(?<=\/)tmp[a-z0-9_]{8}\b/g, "<temporary>"],
  [
    /\b\d+(?:\.\d+)? ?(?:ns|us|µs|ms|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?|d|days?)(?:\d+(?:\.\d+)?(?:ms|s|m))*\b/g,
    "<duration>",
  ],
];

/** Numbers that tell one cause from another: `exit status 137`, `HTTP/1.1 503`, `errno=13`. They stay. */
const TELLING = /\b(?:exit|status|code|signal|errno|error|HTTP(?:\/[\d.]{1,3})?)[ =:]{1,3}\d{1,3}\b|\d+(?:\.\d+)*/gi;

/**
 * What lines of many hosts have in common: times, addresses, ids, names of hosts, durations and numbers are replaced by what they are.
 * Lines that say the same of different hosts have the same signature.
 *
 * @param ownNames names that belong to the host alone: its name and its id
 */
export function signatureOf(line: string, ownNames: readonly string[] = []): string {
  let text = untimedLine(line).trim();
  for (const name of ownNames) if (name !== "") text = text.replace(asWord(name), "<host>");
  for (const [pattern, by] of REPLACEMENTS) text = text.replace(pattern, by);
  return text.replace(TELLING, (found) => (/^\d/.test(found) ? "<n>" : found)).replace(/\s+/g, " ");
}

/** Not as a part of a longer word: a host may be called `a`. */
function asWord(name: string): RegExp {
  return new RegExp(`(?<![\\w-])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`, "g");
}
