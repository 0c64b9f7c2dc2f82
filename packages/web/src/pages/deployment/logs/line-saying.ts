import { signatureOf } from "@sluice/model/log-lines/signature-of.ts";
import type { LogLine } from "./log-line.ts";

/**
 * The line of a log that says what another host's log says in `words`: the last one with the same text, or else with the same signature,
 * in which times, addresses and numbers are taken out.
 */
export function lineSaying(lines: readonly LogLine[], words: string): LogLine | undefined {
  const exact = lines.findLast(({ text }) => text === words);
  if (exact !== undefined) return exact;
  const wanted = signatureOf(words);
  return lines.findLast(({ text, hostName, targetId }) => signatureOf(text, [hostName, targetId]) === wanted);
}
