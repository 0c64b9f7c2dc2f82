const ISO_TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z/g;

/** What stands between times, and the times, as they follow each other. Sentences of the server are also for terminals and logs, so their times are ISO 8601. */
export function splitAtTimes(text: string): readonly (string | Date)[] {
  const parts: (string | Date)[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ISO_TIME)) {
    const at = new Date(found);
    if (Number.isNaN(at.getTime())) continue;
    if (index > end) parts.push(text.slice(end, index));
    parts.push(at);
    end = index + found.length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}
