import { visibleJson } from "@sluice/model/visible-text.ts";
import { WrongOptionError } from "@sluice/model/wrong-option.ts";
import { type Logger, pino } from "pino";

/** From the most to the least that is written. */
const LEVELS: readonly string[] = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/**
 * The server's log: JSON lines on standard error. An error may quote what a host or a caller wrote, and a person reads the log in a terminal:
 * what would steer that is escaped, which leaves the JSON the same.
 * @throws WrongOptionError for a level that there is not
 */
export function createServerLog(level = "info", write = writeToStandardError()): Logger {
  if (!LEVELS.includes(level)) {
    throw new WrongOptionError(`--log-level is '${level}'; it must be one of ${LEVELS.join(", ")}`);
  }
  return pino({ level }, { write: (line: string) => write(visibleJson(line)) });
}

function writeToStandardError(): (line: string) => void {
  const destination = pino.destination({ dest: 2, sync: true });
  return (line) => void destination.write(line);
}
