const VERSION = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;
/** Of a version's text. */
export const MAX_VERSION_CHARACTERS = 64;

/** Whether it is a version of Sluice: three numbers, and perhaps what comes before the release (`1.0.0-rc.1`). */
export function isVersion(text: string): boolean {
  return text.length <= MAX_VERSION_CHARACTERS && VERSION.test(text);
}

/** Below 0: `one` is the earlier; 0: they are the same; above 0: it is the later, in the order of semver.org. Text that is no version is earlier than any. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)];
  if (!a || !b) return Number(a !== undefined) - Number(b !== undefined);
  return compareLists(a.numbers, b.numbers) || compareEarly(a.early, b.early);
}

function partsOf(text: string): { readonly numbers: readonly string[]; readonly early: readonly string[] } | undefined {
  const [, major, minor, patch, early] = isVersion(text) ? (VERSION.exec(text) ?? []) : [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return { numbers: [major, minor, patch], early: early === undefined ? [] : early.split(".") };
}

/** A release is later than what came before it. */
function compareEarly(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0);
  return compareLists(a, b);
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareWords(one, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers by their value, and before words. */
function compareWords(one: string, other: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (isNumber && isOtherNumber) return Number(one) - Number(other);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
