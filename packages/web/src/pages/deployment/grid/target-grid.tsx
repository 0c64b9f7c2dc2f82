import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type KeyboardEvent, type MouseEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { classNames } from "../../../design/class-names.ts";
import { CellTip } from "./cell-tip.tsx";
import { GroupRow } from "./group-row.tsx";
import { type GridPlace, movedPlace } from "./grid-keys.ts";
import type { GridItem } from "./grid-view.ts";
import styles from "./target-grid.module.css";
import { TargetRow } from "./target-row.tsx";

interface TargetGridProps {
  readonly items: readonly GridItem[];
  readonly columns: readonly string[];
  readonly showsZone: boolean;
  readonly onOpen: (targetId: string, event: string | undefined) => void;
  readonly onToggleGroup: (key: string) => void;
}

const ROW_HEIGHT = 35;
const GROUP_HEIGHT = 37;
const NAME_WIDTH = 230;
const COLUMN_WIDTH = 72;

/** Targets × lifecycle events. Only the rows that are seen are there; the keys move as in any grid (WAI-ARIA's grid pattern). */
export function TargetGrid({ items, columns, showsZone, onOpen, onToggleGroup }: TargetGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const hasFocus = useRef(false);
  const [active, setActive] = useState<{ readonly key: string; readonly column: number }>();
  const found = active === undefined ? -1 : items.findIndex((item) => keyOf(item) === active.key);
  const place: GridPlace = found < 0 ? { row: 0, column: 0 } : { row: found, column: active?.column ?? 0 };

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index]?.kind === "group" ? GROUP_HEIGHT : ROW_HEIGHT),
    getItemKey: (index) => keyOf(items[index]),
    overscan: 6,
    // What has the focus stays there when it is scrolled away.
    rangeExtractor: (range) => withPlace(defaultRangeExtractor(range), place.row, items.length),
  });
  // Heights go with the kinds of rows, which change places.
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, items]);

  const goTo = (next: GridPlace) => {
    const item = items[next.row];
    if (item === undefined) return;
    hasFocus.current = true;
    setActive({ key: keyOf(item), column: next.column });
    virtualizer.scrollToIndex(next.row);
  };
  // Rows change places while events come: the focus goes with its row.
  useEffect(() => {
    const element = scroller.current;
    if (!hasFocus.current || element === null) return;
    const wanted = element.querySelector<HTMLElement>(`[data-place="${place.row}"][data-column="${place.column}"]`);
    if (wanted !== null && document.activeElement !== wanted) wanted.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const next = movedPlace(place, event, {
      rows: items.length,
      columnsOf: (row) => (items[row]?.kind === "row" ? columns.length + 1 : 1),
    });
    if (next === undefined) return;
    event.preventDefault();
    goTo(next);
  };
  const onClick = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a[data-target]") : null;
    if (link === null || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onOpen(link.dataset.target ?? "", link.dataset.event);
  };
  const style = {
    "--name-width": `${NAME_WIDTH}px`,
    "--event-count": columns.length,
    "--grid-width": `${NAME_WIDTH + columns.length * COLUMN_WIDTH}px`,
  } as CSSProperties;

  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot be virtual */}
      <div
        ref={scroller}
        role="grid"
        aria-label="Targets and their lifecycle events"
        aria-rowcount={items.length + 1}
        aria-colcount={columns.length + 1}
        tabIndex={-1}
        className={styles.scroller}
        style={style}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onFocus={(event) => {
          hasFocus.current = true;
          const { place: row, column } = event.target.dataset;
          const item = items[Number(row)];
          if (item !== undefined) setActive({ key: keyOf(item), column: Number(column) });
        }}
        onBlur={(event) => {
          if (event.relatedTarget !== null) hasFocus.current = event.currentTarget.contains(event.relatedTarget);
        }}
      >
        <div role="row" aria-rowindex={1} className={classNames(styles.row, styles.head)}>
          <div role="columnheader" className={classNames(styles.headCell, styles.first)}>
            Target
          </div>
          {columns.map((name) => (
            <div key={name} role="columnheader" aria-label={name} className={styles.headCell}>
              <Broken name={name} />
            </div>
          ))}
        </div>
        <div role="rowgroup" className={styles.body} style={{ height: virtualizer.getTotalSize(), minWidth: "var(--grid-width)" }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const item = items[index];
            if (item === undefined) return null;
            const isActive = index === place.row;
            return item.kind === "group" ? (
              <GroupRow
                key={String(key)}
                group={item.group}
                isOpen={item.isOpen}
                place={index}
                top={start}
                isActive={isActive}
                onToggle={onToggleGroup}
              />
            ) : (
              <TargetRow
                key={String(key)}
                row={item.row}
                columns={columns}
                place={index}
                top={start}
                activeColumn={isActive ? place.column : undefined}
                showsZone={showsZone}
              />
            );
          })}
        </div>
      </div>
      <CellTip container={scroller} />
    </>
  );
}

/** `BeforeAllowTraffic` in narrow columns: broken between its words. */
function Broken({ name }: { name: string }) {
  const words = name.split(/(?=[A-Z])/);
  return (
    <span aria-hidden="true">
      {words.map((word, index) => (
        <span key={word}>
          {index > 0 && <wbr />}
          {word}
        </span>
      ))}
    </span>
  );
}

function keyOf(item: GridItem | undefined): string {
  if (item === undefined) return "";
  return item.kind === "group" ? `group ${item.group.key}` : item.row.targetId;
}

function withPlace(places: number[], place: number, count: number): number[] {
  if (place >= count || places.includes(place)) return places;
  return [...places, place].sort((one, other) => one - other);
}
