import { visibleJson, visibleLine } from "@sluice/model/visible-text.ts";

/** What the agent says about itself, a line an entry, on stderr. Fields never hold keys, tokens or signed URLs. */
export interface AgentLog {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type AgentLogFormat = "text" | "json";

/**
 * @param write takes one line with its newline; stderr by default. A logger of our own, since pino costs an idle agent 6 MB.
 */
export function createAgentLog(
  format: AgentLogFormat = "text",
  write: (line: string) => void = (line) => {
    process.stderr.write(line);
  },
): AgentLog {
  const log =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      const time = new Date().toISOString();
      if (format === "json") write(`${visibleJson(JSON.stringify({ time, level, message, ...fields }))}\n`);
      else write(`${time} ${level.toUpperCase().padEnd(5)} ${oneLine(message)}${asText(fields)}\n`);
    };
  return { info: log("info"), warn: log("warn"), error: log("error") };
}

function asText(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${typeof value === "string" ? visibleJson(JSON.stringify(value)) : value}`)
    .join("");
}

/** Messages may quote what a server or a script said: it must not be able to forge a line of the log, or steer the terminal that shows it. */
function oneLine(message: string): string {
  return visibleLine(message.replace(/\s*[\r\n]+\s*/g, " "));
}

/** An error with its causes, which is where node puts "connection refused". */
export function describeFailure(error: unknown): string {
  const parts: string[] = [];
  for (let current: unknown = error; current instanceof Error && parts.length < 4; current = current.cause) {
    const code = (current as NodeJS.ErrnoException).code;
    const text = current.message === "" ? (code ?? current.name) : current.message;
    if (!parts.some((part) => part.includes(text))) parts.push(text);
  }
  if (parts.length === 0) return String(error);
  // After a whole sentence the cause stands by itself.
  return parts.reduce((text, part) => (/[.?!]$/.test(text) ? `${text} (${part})` : `${text}: ${part}`));
}
