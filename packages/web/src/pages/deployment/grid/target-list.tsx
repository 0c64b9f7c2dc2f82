import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, useLayoutEffect, useRef } from "react";
import { classNames } from "../../../design/class-names.ts";
import { StatusIcon } from "../../../design/status-badge.tsx";
import { cellWords } from "./cell-words.ts";
import { GroupRow } from "./group-row.tsx";
import { currentEvent, eventOf, type GridRow } from "./grid-row.ts";
import type { GridItem } from "./grid-view.ts";
import grid from "./target-grid.module.css";
import styles from "./target-list.module.css";
import { logHref } from "./target-row.tsx";

interface TargetListProps {
  readonly items: readonly GridItem[];
  readonly columns: readonly string[];
  readonly onOpen: (targetId: string, event: string | undefined) => void;
  readonly onToggleGroup: (key: string) => void;
}

const ROW_HEIGHT = 64;
const GROUP_HEIGHT = 37;

/** The grid for a phone: a target a row, its events as a strip, and in words where it is. */
export function TargetList({ items, columns, onOpen, onToggleGroup }: TargetListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index]?.kind === "group" ? GROUP_HEIGHT : ROW_HEIGHT),
    overscan: 6,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, items]);
  const onClick = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a[data-target]") : null;
    if (link === null || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(link.dataset.target ?? "", link.dataset.event);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be virtual
    <div ref={scroller} role="table" aria-label="Targets" aria-rowcount={items.length} className={styles.scroller} onClick={onClick}>
      <div role="rowgroup" className={grid.body} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const item = items[index];
          if (item === undefined) return null;
          return item.kind === "group" ? (
            <GroupRow
              key={`group ${item.group.key}`}
              group={item.group}
              isOpen={item.isOpen}
              place={index}
              top={start}
              isActive
              onToggle={onToggleGroup}
            />
          ) : (
            <div key={item.row.targetId} role="row" aria-rowindex={index + 1} className={styles.row} style={{ top: start }}>
              <TargetCard row={item.row} columns={columns} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function TargetCard({ row, columns }: { row: GridRow; columns: readonly string[] }) {
  const current = currentEvent(row);
  return (
    <div role="cell" className={styles.card}>
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
}
