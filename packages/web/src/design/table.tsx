import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { Icon } from "./icon.tsx";
import { nextSort, type Sort } from "./sort.ts";
import styles from "./table.module.css";

export interface Column<Row> {
  /** What `sort` calls it. */
  readonly id: string;
  readonly header: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly isSortable?: boolean;
  /** Numbers stand at the end. */
  readonly align?: "start" | "end";
  /** Of CSS: `160px`. The others share what is left. */
  readonly width?: string | undefined;
  /** On a phone: left out. The first column is the row's name and stays. */
  readonly hidesOnPhone?: boolean;
}

interface TableProps<Row> {
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
    <div className={styles.scroller}>
      <table aria-label={label} className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column, index) => {
                const className = cellClass(column);
                return index === 0 ? (
                  <th key={column.id} scope="row" className={className}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} className={className}>
                    {column.cell(row)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HeaderCell<Row>({ column, sort, onSort }: Pick<TableProps<Row>, "sort" | "onSort"> & { column: Column<Row> }) {
  const { id, header, isSortable = false, width } = column;
  const direction = sort?.column === id ? sort.direction : undefined;
  const order = direction === undefined ? "none" : direction === "up" ? "ascending" : "descending";
  return (
    <th
      scope="col"
      aria-sort={isSortable ? order : undefined}
      className={cellClass(column)}
      style={width === undefined ? undefined : { width }}
    >
      {isSortable && onSort ? (
        <button type="button" className={styles.sort} onClick={() => onSort(nextSort(sort, id))}>
          {header}
          <span className={classNames(styles.arrow, direction !== undefined && styles.sorted)}>
            <Icon
              name={direction === undefined ? "chevrons-up-down" : direction === "up" ? "arrow-up" : "arrow-down"}
              size={12}
            />
          </span>
        </button>
      ) : (
        header
      )}
    </th>
  );
}

function cellClass<Row>({ align, hidesOnPhone }: Column<Row>): string {
  return classNames(align === "end" && styles.end, hidesOnPhone && styles.wide);
}
