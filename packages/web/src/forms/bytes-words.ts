const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;
const STEP = 1024;

/** `12.4 MB`, in steps of 1,024. */
export function bytesWords(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= STEP && unit < UNITS.length - 1) {
    amount /= STEP;
    unit += 1;
  }
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[unit]}`;
}
