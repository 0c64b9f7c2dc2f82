/** A year and what follows, as far as it is given, of ISO 8601 (the W3C's profile); a time needs its zone. */
const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d))?)?)?$/i;
const SECONDS = /^\d{1,12}(?:\.\d{1,9})?$/;

/** Milliseconds since 1970 of `2026-11-30T07:20:00Z`, `2026-11-30`, `2026-11`, or of seconds since 1970; undefined when it is no date. */
export function parsePolicyDate(text: string): number | undefined {
  if (SECONDS.test(text)) return Number(text) * 1000;
  const parts = DATE.exec(text);
  if (parts === null) return undefined;
  const [, year, month = "01", day = "01", hours = "00", minutes = "00", seconds = "00", fraction = "0", zone = "Z"] =
    parts;
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hours),
    Number(minutes),
    Number(seconds),
    Math.floor(Number(`0.${fraction}`) * 1000),
  );
  const given = `${year}-${month}-${day}T${hours}:${minutes}:${seconds}`;
  // Date.UTC makes 2 March of 30 February, and 1900 to 1999 of years before 100.
  if (!new Date(at).toISOString().startsWith(given)) return undefined;
  const offset = zoneMinutes(zone);
  return offset === undefined ? undefined : at - offset * 60_000;
}

function zoneMinutes(zone: string): number | undefined {
  if (zone === "Z" || zone === "z") return 0;
  const [, sign, hours = "", minutes = ""] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
