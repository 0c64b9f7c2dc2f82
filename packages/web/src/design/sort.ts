/** Which column a table is sorted by. In a URL: `name`, or `-name` for downwards. */
export interface Sort {
  readonly column: string;
  readonly direction: "up" | "down";
}

export function parseSort(text: string | undefined, otherwise: string): Sort {
  const written = text ?? otherwise;
  return written.startsWith("-")
    ? { column: written.slice(1), direction: "down" }
    : { column: written, direction: "up" };
}

export function formatSort({ column, direction }: Sort): string {
  return direction === "down" ? `-${column}` : column;
}

/** After a press on the header of `column`. */
export function nextSort(sort: Sort | undefined, column: string): Sort {
  return { column, direction: sort?.column === column && sort.direction === "up" ? "down" : "up" };
}

export type SortValue = string | number | Date | undefined;

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** By what `value` says of a row for the column; rows without a value come last in both directions. Equal rows keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  { column, direction }: Sort,
  value: (row: Row, column: string) => SortValue,
): Row[] {
  const sign = direction === "up" ? 1 : -1;
  return rows
    .map((row) => ({ row, value: value(row, column) }))
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined) {
        return Number(a.value === undefined) - Number(b.value === undefined);
      }
      return sign * compare(a.value, b.value);
    })
    .map(({ row }) => row);
}

function compare(a: NonNullable<SortValue>, b: NonNullable<SortValue>): number {
  if (typeof a === "string" && typeof b === "string") return collator.compare(a, b);
  return Number(a) - Number(b);
}
