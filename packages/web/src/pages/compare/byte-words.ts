const UNITS = ["bytes", "KB", "MB", "GB"] as const;
const THOUSAND = 1000;

/** `812 bytes`, `1.4 KB`, `23 MB`. */
export function byteWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= THOUSAND && unit < UNITS.length - 1) {
    value /= THOUSAND;
    unit += 1;
  }
  const shown = unit === 0 || value >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${shown} ${UNITS[unit]}`;
}

/** `+1.4 KB`, `-3 MB`, `the same size`. */
export function growthWords(from: number, to: number): string {
  if (from === to) return "the same size";
  return `${to > from ? "+" : "−"}${byteWords(Math.abs(to - from))}`;
}
