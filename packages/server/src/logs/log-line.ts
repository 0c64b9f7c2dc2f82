import { MAX_HOST_COMMAND_IDENTIFIER_CHARACTERS } from "@sluice/model/limits.ts";

export type LogStream = "stdout" | "stderr" | "agent";
export const LOG_STREAMS: readonly LogStream[] = ["stdout", "stderr", "agent"];

/** A piece of what one lifecycle event printed on one host. */
export interface LogLine {
  readonly hostCommandIdentifier: string;
  /** 0, 1, 2 … within the command. */
  readonly sequence: number;
  readonly targetId: string;
  readonly lifecycleEvent: string;
  /** Epoch milliseconds, by the host's clock. */
  readonly at: number;
  readonly stream: LogStream;
  readonly scriptName: string;
  readonly text: string;
}

/** Brackets and quotes around the identifier. */
const MARGIN_BYTES = 4;

/** As stored: a JSON array and a line feed. Positions instead of names, since a busy hook makes many small pieces. */
type StoredLine = readonly [string, number, string, string, number, LogStream, string, string];

export function encodeLogLine(line: LogLine): string {
  const stored: StoredLine = [
    line.hostCommandIdentifier,
    line.sequence,
    line.targetId,
    line.lifecycleEvent,
    line.at,
    line.stream,
    line.scriptName,
    line.text,
  ];
  return `${JSON.stringify(stored)}\n`;
}

/**
 * A stored line without its line feed; it was written by `encodeLogLine`. Null for a line that is damaged, as after a power cut: it is lost,
 * and what stands around it is not. Null, too, for a line that no agent can have caused, which an older server still stored.
 */
export function decodeLogLine(bytes: Buffer): LogLine | null {
  // Looked at first: such a line may have megabytes.
  if (!bytes.subarray(0, MAX_HOST_COMMAND_IDENTIFIER_CHARACTERS + MARGIN_BYTES).includes('",')) return null;
  let stored: StoredLine;
  try {
    stored = JSON.parse(bytes.toString("utf8")) as StoredLine;
  } catch {
    return null;
  }
  if (!Array.isArray(stored) || typeof stored[7] !== "string") return null;
  const [hostCommandIdentifier, sequence, targetId, lifecycleEvent, at, stream, scriptName, output] = stored;
  return { hostCommandIdentifier, sequence, targetId, lifecycleEvent, at, stream, scriptName, text: output };
}

/** The bytes that every stored line of a host, an event or both holds, early in the line: others need not be decoded. */
export function storedLineMark(targetId: string | undefined, lifecycleEvent: string | undefined): Buffer | undefined {
  if (targetId !== undefined && lifecycleEvent !== undefined) {
    return Buffer.from(`,${JSON.stringify(targetId)},${JSON.stringify(lifecycleEvent)},`);
  }
  const one = targetId ?? lifecycleEvent;
  return one === undefined ? undefined : Buffer.from(`,${JSON.stringify(one)},`);
}
