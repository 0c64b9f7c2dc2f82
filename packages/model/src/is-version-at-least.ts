/** Whether `version` is `least` or later, number by number; what follows the three numbers (`-rc.1`) is not looked at. Text that is no version is older. */
export function isVersionAtLeast(version: string, least: string): boolean {
  const [one, other] = [numbersOf(version), numbersOf(least)];
  if (!one || !other) return false;
  const index = one.findIndex((number, at) => number !== other[at]);
  return index < 0 || (one[index] ?? 0) > (other[index] ?? 0);
}

function numbersOf(version: string): readonly number[] | undefined {
  return /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?![\d.])/.exec(version)?.slice(1).map(Number);
}
