import { isCause, isConsequence, isTrace } from "./error-words.ts";
import { untimedLine } from "./plain-line.ts";

export type LogLevel = "error" | "warning" | "info" | "debug" | "plain";

/** Of a line that names its own level: `[ERROR]`, `WARN:`, `level=info`, `"level":"debug"`, `nginx: [emerg]`, apt's `E: `, klog's `E1130 `. */
const NAMED: readonly (readonly [level: LogLevel, patterns: readonly RegExp[]])[] = [
  ["error", named("emerg|emergency|alert|crit|critical|fatal|severe|error|err|panic", "60|50", "EF")],
  ["warning", named("warn|warning", "40", "W")],
  ["info", named("notice|info|information|success|ok", "30", "IN")],
  ["debug", named("debug|trace|verbose|finest", "20|10", "D")],
];

/** @param pinoNumbers of pino's and bunyan's JSON; @param letters of apt and klog */
function named(words: string, pinoNumbers: string, letters: string): readonly RegExp[] {
  const json = `"(?:level|levelname|severity|log\\.level|lvl)" ?: ?(?:"(?:${words})"|(?:${pinoNumbers})\\b)`;
  const pair = `\\b(?:level|lvl|severity)="?(?:${words})\\b`;
  const bracketed = `^[^\\[\\]]{0,80}\\[ ?(?:${words}) ?\\]`;
  const first = `^\\s*(?:npm )?(?:${words})(?:!|:|\\b\\s{0,5}[|\\]-])`;
  const afterName = `^[\\w./-]{1,40}(?:\\[\\d{1,7}\\])?: (?:${words}):`;
  const upper = words.toUpperCase();
  return [
    new RegExp(`${json}|${pair}|${bracketed}|${first}|${afterName}`, "i"),
    // Without a sign behind it a level is told from a word by its capitals.
    new RegExp(`^(?:[\\w./:-]{1,40}[ .])?(?:${upper})(?::|\\s{1,5}\\S)|^(?:[${letters}]: |[${letters}]\\d{4} )`),
  ];
}

/** How serious a line is: by what it says of itself, or else by its words. `plain`: nothing tells. */
export function levelOf(line: string): LogLevel {
  const text = untimedLine(line);
  if (isTrace(text)) return "debug";
  for (const [level, patterns] of NAMED) {
    if (patterns.some((pattern) => pattern.test(text))) return level;
  }
  if (isCause(text) || isConsequence(text)) return "error";
  return /\b(?:warning|deprecated|deprecation)\b/i.test(text) ? "warning" : "plain";
}
