import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState } from "react";
import styles from "./table.module.css";
import type { TableProps } from "./table.tsx";
import { TableHead, TableRow } from "./table-row.tsx";
import { TableScroller } from "./table-scroller.tsx";

const ROW_PIXELS = 41;
const ROWS_BEYOND_VIEW = 12;

/** A `Table` of hundreds of rows, of which only those in view are in the page. It scrolls with the page. */
export function VirtualTable<Row>({ label, columns, rows, rowKey, sort, onSort, empty }: TableProps<Row>) {
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    if (frame.current) setTop(frame.current.getBoundingClientRect().top + window.scrollY);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PIXELS,
    overscan: ROWS_BEYOND_VIEW,
    scrollMargin: top,
    getItemKey: (index) => rowKey(rows[index]!),
  });
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  const shown = virtualizer.getVirtualItems();
  const before = (shown[0]?.start ?? top) - top;
  const after = virtualizer.getTotalSize() - ((shown.at(-1)?.end ?? top) - top);
  return (
    <TableScroller label={label} frame={frame}>
      <table aria-label={label} aria-rowcount={rows.length + 1} className={styles.table}>
        <TableHead columns={columns} sort={sort} onSort={onSort} />
        <tbody>
          <Spacer height={before} />
          {shown.map(({ key, index }) => (
            <TableRow key={key} ref={virtualizer.measureElement} columns={columns} row={rows[index]!} index={index} />
          ))}
          <Spacer height={after} />
        </tbody>
      </table>
    </TableScroller>
  );
}

/** In place of the rows that are not in view. One cell: as wide as all columns, it would keep room for those that a phone leaves out. */
function Spacer({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row without a cell to focus
    <tr aria-hidden="true" className={styles.spacer}>
      <td style={{ height }} />
    </tr>
  );
}
