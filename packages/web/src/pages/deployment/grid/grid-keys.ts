export interface GridPlace {
  readonly row: number;
  readonly column: number;
}
interface GridSize {
  readonly rows: number;
  /** A group's head is one cell. */
  readonly columnsOf: (row: number) => number;
}
type Key = { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean };

const PAGE_ROWS = 10;

/** Where a key leads from a place of a grid; undefined: it is no key of grids. */
export function movedPlace(
  from: GridPlace,
  { key, ctrlKey, metaKey }: Key,
  { rows, columnsOf }: GridSize,
): GridPlace | undefined {
  const isAll = ctrlKey || metaKey;
  const to = (row: number, column: number): GridPlace => {
    const landed = Math.max(0, Math.min(rows - 1, row));
    // The column is kept over heads of groups, which have one: it is there again in the next row.
    return { row: landed, column: Math.max(0, Math.min(columnsOf(landed) - 1, column)) };
  };
  switch (key) {
    case "ArrowDown":
      return to(from.row + 1, from.column);
    case "ArrowUp":
      return to(from.row - 1, from.column);
    case "ArrowRight":
      return to(from.row, from.column + 1);
    case "ArrowLeft":
      return to(from.row, from.column - 1);
    case "PageDown":
      return to(from.row + PAGE_ROWS, from.column);
    case "PageUp":
      return to(from.row - PAGE_ROWS, from.column);
    case "Home":
      return to(isAll ? 0 : from.row, 0);
    case "End":
      return to(isAll ? rows - 1 : from.row, Number.MAX_SAFE_INTEGER);
    default:
      return undefined;
  }
}
