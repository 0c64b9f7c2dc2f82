import { readFileSync } from "node:fs";

/** What `su` reads by way of PAM: the first everywhere, the second on Debian and Ubuntu. Later ones count. */
const FILES = ["/etc/environment", "/etc/default/locale"] as const;
/** Of a file; more is not what a person has written there. */
const MAX_HOST_ENVIRONMENT_CHARACTERS = 256 * 1024;
const NAME = /^[A-Za-z0-9_]+$/;

/** Variables that the host gives to every user who logs in or is become by `su`. A file that is not there, or that cannot be read, gives none. */
export function readHostEnvironment(): Record<string, string> {
  return Object.assign({}, ...FILES.map((file) => parseHostEnvironment(textOf(file))));
}

/**
 * Reads such a file as pam_env does. It is no shell: nothing is expanded, `#` begins a comment even inside quotes, and a quotation mark that ends the line is
 * dropped where one begins the value.
 */
export function parseHostEnvironment(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const line of logicalLines(text)) {
    const [assignment = ""] = line.split("#", 1);
    const bare = assignment.startsWith("export ") ? assignment.slice("export ".length) : assignment;
    const equals = bare.indexOf("=");
    if (equals < 1) continue;
    const name = bare.slice(0, equals);
    if (NAME.test(name)) variables[name] = unquoted(bare.slice(equals + 1));
  }
  return variables;
}

/** Lines without the blanks before them; one that ends in a backslash goes on in the next. */
function* logicalLines(text: string): Generator<string> {
  let begun = "";
  for (const line of text.split("\n")) {
    const part = line.replace(/^[ \t]+/, "");
    if (begun === "" && (part === "" || part.startsWith("#"))) continue;
    const continued = /^([^#]*)\\[ \t]*$/.exec(part);
    if (continued) {
      begun += continued[1];
      continue;
    }
    yield begun + part;
    begun = "";
  }
}

function unquoted(value: string): string {
  if (!/^["']/.test(value)) return value;
  return value.slice(1).replace(/["']$/, "");
}

function textOf(file: string): string {
  try {
    const text = readFileSync(file, "utf8");
    return text.length > MAX_HOST_ENVIRONMENT_CHARACTERS ? "" : text;
  } catch {
    return "";
  }
}
