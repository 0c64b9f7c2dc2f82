const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `42s`, `3m 05s`, `2h 04m`, `3d 4h`: short enough for a cell of a table, and of one width while it ticks. */
export function durationWords(milliseconds: number): string {
  const all = Math.max(0, Math.floor(milliseconds / SECOND));
  const seconds = all % 60;
  const minutes = Math.floor(all / 60) % 60;
  const hours = Math.floor(all / 3600) % 24;
  const days = Math.floor(all / 86_400);
  const two = (number: number) => String(number).padStart(2, "0");
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${two(minutes)}m`;
  if (minutes > 0) return `${minutes}m ${two(seconds)}s`;
  return `${seconds}s`;
}

/** `just now`, `12 s ago`, `5 min ago`, `in 3 h`; undefined where the date itself says more. */
export function relativeWords(at: number, now: number): string | undefined {
  const distance = Math.abs(now - at);
  if (distance < 2 * SECOND) return "just now";
  const amount =
    distance < MINUTE
      ? `${Math.floor(distance / SECOND)} s`
      : distance < HOUR
        ? `${Math.floor(distance / MINUTE)} min`
        : distance < DAY
          ? `${Math.floor(distance / HOUR)} h`
          : distance < 7 * DAY
            ? `${Math.floor(distance / DAY)} d`
            : undefined;
  if (amount === undefined) return undefined;
  return at > now ? `in ${amount}` : `${amount} ago`;
}

const utc = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});

/** `30 Nov 2026, 02:14:05 UTC` */
export function utcWords(at: Date): string {
  return `${utc.format(at)} UTC`;
}

/** In the viewer's zone and language. */
export function localWords(at: Date, withSeconds = false): string {
  const isThisYear = at.getFullYear() === new Date().getFullYear();
  return new Intl.DateTimeFormat(undefined, {
    day: "numeric",
    month: "short",
    ...(!isThisYear && { year: "numeric" }),
    hour: "2-digit",
    minute: "2-digit",
    ...(withSeconds && { second: "2-digit" }),
    hourCycle: "h23",
  }).format(at);
}
