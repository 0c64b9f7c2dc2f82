import { durationWords } from "../../design/time-words.ts";

/** Shorter than that, tenths are worth saying. */
const TENTHS_BELOW_MILLISECONDS = 10_000;

/** As `durationWords`, with tenths of a second where most events end: `0.4s`, `12s`, `3m 05s`. Milliseconds; what is negative is 0. */
export function eventDuration(milliseconds: number): string {
  if (milliseconds >= TENTHS_BELOW_MILLISECONDS) return durationWords(milliseconds);
  const tenths = Math.round(Math.max(milliseconds, 0) / 100) / 10;
  return `${tenths}s`;
}
