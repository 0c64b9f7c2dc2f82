import { visibleJson, visibleLine } from "@sluice/model/visible-text.ts";
import { WrongOptionError } from "@sluice/model/wrong-option.ts";
import { type Logger, pino } from "pino";

/** From the most to the least that is written. */
const LEVELS: readonly string[] = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
const LEVEL_WIDTH = 5;
/** `text` is for a person at a terminal, `json` for programs; `auto`: text where standard error is a terminal. */
const FORMATS = ["auto", "text", "json"] as const;
type LogFormat = (typeof FORMATS)[number];

export interface ServerLogOptions {
  readonly level?: string | undefined;
  readonly format?: string | undefined;
  /** Whether standard error is a terminal. */
  readonly isTerminal?: boolean | undefined;
}

/**
 * The server's log, on standard error. An error may quote what a host or a caller wrote, and a person reads the log in a terminal: what would
 * steer that is escaped, which leaves the JSON the same.
 * @throws WrongOptionError for a level or format that there is not
 */
export function createServerLog(
  { level = "info", format = "auto", isTerminal = process.stderr.isTTY }: ServerLogOptions = {},
  write = writeToStandardError(),
): Logger {
  if (!LEVELS.includes(level)) {
    throw new WrongOptionError(`--log-level is '${level}'; it must be one of ${LEVELS.join(", ")}`);
  }
  if (!isFormat(format)) {
    throw new WrongOptionError(`--log-format is '${format}'; it must be one of ${FORMATS.join(", ")}`);
  }
  const isText = format === "text" || (format === "auto" && isTerminal);
  return pino({ level }, { write: (line: string) => write(isText ? asText(line) : visibleJson(line)) });
}

function isFormat(format: string): format is LogFormat {
  return (FORMATS as readonly string[]).includes(format);
}

interface Entry {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly pid?: unknown;
  readonly hostname?: unknown;
  readonly [field: string]: unknown;
}

/** `14:03:09 WARN  what happened  name=value`, in local time: whoever looks at a terminal knows the day and the machine. */
function asText(line: string): string {
  const { level, time, msg = "", pid: _, hostname: __, ...fields } = JSON.parse(line) as Entry;
  const word = (pino.levels.labels[level] ?? String(level)).toUpperCase().padEnd(LEVEL_WIDTH);
  const values = Object.entries(fields).map(([name, value]) => `${name}=${valueText(value)}`);
  const details = values.length > 0 ? `  ${values.join(" ")}` : "";
  return `${clockTime(new Date(time))} ${word} ${visibleLine(msg.trimEnd())}${details}\n`;
}

function clockTime(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** Where in the code something was thrown is in the JSON: for whoever sits at a terminal it hides what is to be done. */
const STACK = /\n\s+at .*$/s;

/** Lists as people write them; quoted only where a blank or a sign would make it unclear. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(",");
  if (typeof value === "string" && STACK.test(value)) return valueText(value.replace(STACK, ""));
  if (typeof value === "string" && /^[^\s"=,]+$/.test(value)) return visibleLine(value);
  return visibleJson(JSON.stringify(value) ?? "");
}

function writeToStandardError(): (line: string) => void {
  const destination = pino.destination({ dest: 2, sync: true });
  return (line) => void destination.write(line);
}
