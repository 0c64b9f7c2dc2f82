const STEP = 1024;
const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `812 bytes`, `46.9 KiB`, `1.5 MiB`: the units of docs/reference/limits.md, and one digit behind the point. */
export function formatBytes(bytes: number): string {
  let [size, unit] = [bytes, 0];
  // What rounds to a whole step is one.
  for (; Number(size.toFixed(1)) >= STEP && unit < UNITS.length - 1; unit++) size /= STEP;
  return `${unit === 0 ? size : size.toFixed(1)} ${UNITS[unit]}`;
}
