import { type MouseEvent, memo, useRef } from "react";
import { classNames } from "../../../design/class-names.ts";
import { StatusIcon } from "../../../design/status-badge.tsx";
import { cellWords } from "./cell-words.ts";
import { CELL, ROWS, rowRole, tableRole } from "./grid-roles.ts";
import { currentEvent, eventOf, type GridRow } from "./grid-row.ts";
import { type GridItem, itemKey } from "./grid-view.ts";
import { GroupCell } from "./group-row.tsx";
import grid from "./target-grid.module.css";
import { pressedLink } from "./target-grid.tsx";
import styles from "./target-list.module.css";
import { logHref } from "./target-row.tsx";
import { useGridVirtualizer } from "./use-grid-virtualizer.ts";

interface TargetListProps {
  readonly items: readonly GridItem[];
  readonly columns: readonly string[];
  readonly onOpen: (targetId: string, event: string | undefined) => void;
  readonly onToggleGroup: (key: string) => void;
}

const HEIGHTS = { row: 64, group: 37 } as const;

/** The grid for a phone: a target a row, its events as a strip, and in words where it is. */
export function TargetList({ items, columns, onOpen, onToggleGroup }: TargetListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useGridVirtualizer(scroller, items, HEIGHTS);
  const listeners = {
    onClick(event: MouseEvent) {
      const link = pressedLink(event);
      if (link !== undefined) onOpen(link.targetId, link.event);
    },
  };
  return (
    <div ref={scroller} {...tableRole("Targets", items.length)} {...listeners} className={styles.scroller}>
      <div {...ROWS} className={grid.body} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            <div
              key={itemKey(item)}
              {...rowRole(index + 1)}
              className={item.kind === "group" ? styles.groupRow : styles.row}
              style={{ top: start }}
            >
              {item.kind === "group" ? (
                <GroupCell group={item.group} isOpen={item.isOpen} isActive onToggle={onToggleGroup} />
              ) : (
                <TargetCard row={item.row} columns={columns} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const TargetCard = memo(({ row, columns }: { row: GridRow; columns: readonly string[] }) => {
  const current = currentEvent(row);
  return (
    <div {...CELL} className={styles.card}>
      <a
        href={logHref(row.targetId, current?.name)}
        data-target={row.targetId}
        data-event={current?.name}
        className={styles.link}
      >
        <span className={styles.head}>
          <StatusIcon status={row.status} size={14} />
          <span className={grid.name}>{row.hostName}</span>
          {row.label && <span className={classNames(grid.fleet, grid[row.label.toLowerCase()])}>{row.label}</span>}
          <span className={grid.aside}>{row.zone}</span>
        </span>
        <span className={styles.words}>{current ? cellWords(row, current, Date.now()) : "Nothing has begun"}</span>
        <span aria-hidden="true" className={styles.strip}>
          {columns.map((name) => {
            const status = eventOf(row, name)?.status;
            return <span key={name} className={classNames(styles.step, status && styles[`is${status}`])} />;
          })}
        </span>
      </a>
    </div>
  );
});
