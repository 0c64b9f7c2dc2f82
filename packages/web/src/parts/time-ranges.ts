const HOUR = 3_600_000;
export const RANGES = {
  "1h": { title: "Last hour", milliseconds: HOUR },
  "24h": { title: "Last 24 hours", milliseconds: 24 * HOUR },
  "7d": { title: "Last 7 days", milliseconds: 7 * 24 * HOUR },
  "30d": { title: "Last 30 days", milliseconds: 30 * 24 * HOUR },
} as const;

export const RANGE_NAMES = ["1h", "24h", "7d", "30d"] as const;

/** As a URL has it: `range` is a time that moves on; `after` and `before` are ISO 8601. */
export interface TimeSearch {
  readonly range?: keyof typeof RANGES | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** What such a search leaves open is undefined. @param now epoch milliseconds, from which `range` counts back */
export function timesOf({ range, after, before }: TimeSearch, now: number): { after?: Date; before?: Date } {
  if (range !== undefined) return { after: new Date(now - RANGES[range].milliseconds) };
  const from = dateOf(after);
  const to = dateOf(before);
  return { ...(from && { after: from }), ...(to && { before: to }) };
}

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** As an `input type="datetime-local"` wants it: in the viewer's zone, to the minute. */
export function localInputValue(text: string | undefined): string {
  const date = dateOf(text);
  if (date === undefined) return "";
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
