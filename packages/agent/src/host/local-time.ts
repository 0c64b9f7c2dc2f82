/** `YYYY-MM-DD HH:MM:SS` in the host's own time zone, as the reference agent stamps its logs. */
export function localTime(date: Date): string {
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":")}`;
}

export function localTimeWithMilliseconds(date: Date): string {
  return `${localTime(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
