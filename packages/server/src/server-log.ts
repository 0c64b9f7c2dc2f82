import { visibleJson } from "@sluice/model/visible-text.ts";
import { type Logger, pino } from "pino";

/**
 * The server's log: JSON lines on standard error. An error may quote what a host or a caller wrote, and a person reads the log in a terminal:
 * what would steer that is escaped, which leaves the JSON the same.
 */
export function createServerLog(level = "info", write = writeToStandardError()): Logger {
  return pino({ level }, { write: (line: string) => write(visibleJson(line)) });
}

function writeToStandardError(): (line: string) => void {
  const destination = pino.destination({ dest: 2, sync: true });
  return (line) => void destination.write(line);
}
