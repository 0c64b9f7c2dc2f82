const SECOND = 1000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Shorter than that, tenths are worth saying. */
const TENTHS_BELOW_SECONDS = 10;

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`: as exact as one wants to know. Milliseconds; what is negative is 0. */
export function durationWords(milliseconds: number): string {
  const exact = Math.max(milliseconds, 0) / SECOND;
  if (exact < TENTHS_BELOW_SECONDS) {
    const tenths = Math.round(exact * 10) / 10;
    return `${Number.isInteger(tenths) ? tenths : tenths.toFixed(1)} s`;
  }
  const seconds = Math.floor(exact);
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return two(seconds, MINUTE, "min", 1, "s");
  if (seconds < DAY) return two(seconds, HOUR, "h", MINUTE, "min");
  return two(seconds, DAY, "d", HOUR, "h");
}

/** The same in whole seconds: what ticks once a second must not jump about. */
export function tickingWords(milliseconds: number): string {
  return durationWords(Math.floor(Math.max(milliseconds, 0) / SECOND) * SECOND);
}

function two(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ""}`;
}
