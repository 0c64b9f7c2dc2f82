import type { ReactNode } from "react";
import type { Sort } from "./sort.ts";
import styles from "./table.module.css";
import { type Column, TableHead, TableRow } from "./table-row.tsx";
import { TableScroller } from "./table-scroller.tsx";

export type { Column };

export interface TableProps<Row> {
  /** What is in it, for a screen reader. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly sort?: Sort | undefined;
  /** Of the header that was pressed: the new order. The caller keeps it, in the URL. */
  readonly onSort?: ((sort: Sort) => void) | undefined;
  /** Instead of rows, where there are none. */
  readonly empty?: ReactNode;
}

/** A table of HTML: its first cell of each row is the row's header. Sorting is the caller's (`sortRows`). */
export function Table<Row>({ label, columns, rows, rowKey, sort, onSort, empty }: TableProps<Row>) {
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  return (
    <TableScroller label={label}>
      <table aria-label={label} className={styles.table}>
        <TableHead columns={columns} sort={sort} onSort={onSort} />
        <tbody>
          {rows.map((row) => (
            <TableRow key={rowKey(row)} columns={columns} row={row} />
          ))}
        </tbody>
      </table>
    </TableScroller>
  );
}
