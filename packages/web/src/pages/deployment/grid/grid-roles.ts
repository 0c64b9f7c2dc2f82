/**
 * Attributes of a grid whose rows are placed by hand: a table of HTML cannot leave out those that are not seen. What has the focus is the
 * link or the button within a cell, as WAI-ARIA's grid pattern allows.
 */
export const ROWS = { role: "rowgroup" } as const;
export const COLUMN_HEAD = { role: "columnheader" } as const;
export const ROW_HEAD = { role: "rowheader" } as const;
export const GRID_CELL = { role: "gridcell" } as const;
export const CELL = { role: "cell" } as const;

export function gridRole(label: string, rows: number, columns: number) {
  return { role: "grid", "aria-label": label, "aria-rowcount": rows, "aria-colcount": columns } as const;
}
export function tableRole(label: string, rows: number) {
  return { role: "table", "aria-label": label, "aria-rowcount": rows } as const;
}
/** @param number from 1, the head of a grid included */
export function rowRole(number: number) {
  return { role: "row", "aria-rowindex": number } as const;
}
