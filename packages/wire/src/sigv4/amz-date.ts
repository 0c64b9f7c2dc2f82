const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** `20261123T183000Z`, the only date form of Signature V4. */
export function formatAmzDate(date: Date): string {
  const iso = date.toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

/** Milliseconds since the epoch, or undefined when the text is not a date of that form. */
export function parseAmzDate(text: string): number | undefined {
  const match = AMZ_DATE.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match as unknown as string[];
  const time = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second!);
  // Date.UTC rolls 31 February over into March; such a text is not a date.
  return formatAmzDate(new Date(time)) === text ? time : undefined;
}
