/** The first half, the second half, and all but one. */
export function without<T>(things: readonly T[]): T[][] {
  if (things.length < 2) return [];
  const half = things.length >> 1;
  const halves = things.length > 3 ? [things.slice(0, half), things.slice(half)] : [];
  return [...halves, ...things.map((_, index) => things.toSpliced(index, 1))];
}
