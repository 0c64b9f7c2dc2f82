import { memo, type ReactNode, type Ref } from "react";
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

interface HeadProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly sort?: Sort | undefined;
  readonly onSort?: ((sort: Sort) => void) | undefined;
}

export function TableHead<Row>({ columns, sort, onSort }: HeadProps<Row>) {
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
        ))}
      </tr>
    </thead>
  );
}

function HeaderCell<Row>({ column, sort, onSort }: Omit<HeadProps<Row>, "columns"> & { readonly column: Column<Row> }) {
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

interface RowProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly row: Row;
  /** Its place among all rows, from 0, where only some of them are in the page. */
  readonly index?: number;
  readonly ref?: Ref<HTMLTableRowElement>;
}

/** Its first cell is its header. Made again when its row or the columns are others: scrolling thousands of rows makes the new ones alone. */
export const TableRow = memo(PlainTableRow) as typeof PlainTableRow;

function PlainTableRow<Row>({ columns, row, index, ref }: RowProps<Row>) {
  // The header is row 1.
  const place = index === undefined ? {} : { "data-index": index, "aria-rowindex": index + 2 };
  return (
    <tr ref={ref} {...place}>
      {columns.map((column, at) =>
        at === 0 ? (
          <th key={column.id} scope="row" className={cellClass(column)}>
            {column.cell(row)}
          </th>
        ) : (
          <td key={column.id} className={cellClass(column)}>
            {column.cell(row)}
          </td>
        ),
      )}
    </tr>
  );
}

function cellClass<Row>({ align, hidesOnPhone }: Column<Row>): string {
  return classNames(align === "end" && styles.end, hidesOnPhone && styles.wide);
}
