import {
  type CSSProperties,
  type FocusEvent,
  Fragment,
  type KeyboardEvent,
  type MouseEvent,
  useEffect,
  useRef,
  useState,
} from "react";
import { classNames } from "../../../design/class-names.ts";
import { CellTip } from "./cell-tip.tsx";
import { type GridPlace, movedPlace } from "./grid-keys.ts";
import { COLUMN_HEAD, gridRole, ROWS, rowRole } from "./grid-roles.ts";
import { type GridItem, itemKey } from "./grid-view.ts";
import { GroupCell } from "./group-row.tsx";
import styles from "./target-grid.module.css";
import { TargetCells } from "./target-row.tsx";
import { useGridVirtualizer } from "./use-grid-virtualizer.ts";

interface TargetGridProps {
  readonly items: readonly GridItem[];
  readonly columns: readonly string[];
  readonly showsZone: boolean;
  readonly onOpen: (targetId: string, event: string | undefined) => void;
  readonly onToggleGroup: (key: string) => void;
}

const HEIGHTS = { row: 35, group: 37 } as const;
const NAME_WIDTH = 216;
const COLUMN_WIDTH = 70;

/** Targets × lifecycle events. Only the rows that are seen are there; the keys move as in any grid (WAI-ARIA's grid pattern). */
export function TargetGrid({ items, columns, showsZone, onOpen, onToggleGroup }: TargetGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const hasFocus = useRef(false);
  const [active, setActive] = useState<{ readonly key: string; readonly column: number }>();
  const found = active === undefined ? -1 : items.findIndex((item) => itemKey(item) === active.key);
  const place: GridPlace = found < 0 ? { row: 0, column: 0 } : { row: found, column: active?.column ?? 0 };
  const virtualizer = useGridVirtualizer(scroller, items, HEIGHTS, place.row);

  const setPlace = ({ row, column }: GridPlace) => {
    const item = items[row];
    if (item !== undefined) setActive({ key: itemKey(item), column });
  };
  // Rows change places while events come: the focus goes with its row.
  useEffect(() => {
    const element = scroller.current;
    if (!hasFocus.current || element === null) return;
    const wanted = element.querySelector<HTMLElement>(`[data-place="${place.row}"] [data-column="${place.column}"]`);
    if (wanted !== null && document.activeElement !== wanted) wanted.focus({ preventScroll: true });
  });

  const listeners = {
    onKeyDown(event: KeyboardEvent) {
      const columnsOf = (row: number) => (items[row]?.kind === "row" ? columns.length + 1 : 1);
      const next = movedPlace(place, event, { rows: items.length, columnsOf });
      if (next === undefined) return;
      event.preventDefault();
      hasFocus.current = true;
      setPlace(next);
      virtualizer.scrollToIndex(next.row);
    },
    onClick(event: MouseEvent) {
      const link = pressedLink(event);
      if (link !== undefined) onOpen(link.targetId, link.event);
    },
    onFocus({ target }: FocusEvent<HTMLElement>) {
      hasFocus.current = true;
      const row = target.closest<HTMLElement>("[data-place]")?.dataset.place;
      if (row !== undefined) setPlace({ row: Number(row), column: Number(target.dataset.column) });
    },
    onBlur({ relatedTarget, currentTarget }: FocusEvent<HTMLElement>) {
      // Without one the focus was lost with the row that had it.
      if (relatedTarget !== null) hasFocus.current = currentTarget.contains(relatedTarget);
    },
  };
  const style = {
    "--name-width": `${NAME_WIDTH}px`,
    "--event-count": columns.length,
    "--grid-width": `${NAME_WIDTH + columns.length * COLUMN_WIDTH}px`,
  } as CSSProperties;
  const size = { height: virtualizer.getTotalSize(), minWidth: "var(--grid-width)" };

  return (
    <>
      <div
        ref={scroller}
        {...gridRole("Targets and their lifecycle events", items.length + 1, columns.length + 1)}
        {...listeners}
        tabIndex={-1}
        className={styles.scroller}
        style={style}
      >
        <div {...rowRole(1)} className={classNames(styles.row, styles.head)}>
          <div {...COLUMN_HEAD} className={classNames(styles.headCell, styles.first)}>
            Target
          </div>
          {columns.map((name) => (
            <div key={name} {...COLUMN_HEAD} className={styles.headCell}>
              <Broken name={name} />
            </div>
          ))}
        </div>
        <div {...ROWS} className={styles.body} style={size}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const item = items[index];
            if (item === undefined) return null;
            const isActive = index === place.row;
            return (
              <div
                key={String(key)}
                {...rowRole(index + 2)}
                data-place={index}
                className={classNames(styles.row, item.kind === "group" && styles.group)}
                style={{ top: start }}
              >
                {item.kind === "group" ? (
                  <GroupCell group={item.group} isOpen={item.isOpen} isActive={isActive} onToggle={onToggleGroup} />
                ) : (
                  <TargetCells
                    row={item.row}
                    columns={columns}
                    activeColumn={isActive ? place.column : undefined}
                    showsZone={showsZone}
                  />
                )}
              </div>
            );
          })}
        </div>
      </div>
      <CellTip container={scroller} />
    </>
  );
}

/** The link that was pressed to open it here, and not in a tab of its own. Its press is dealt with. */
export function pressedLink(
  event: MouseEvent,
): { readonly targetId: string; readonly event: string | undefined } | undefined {
  const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a[data-target]") : null;
  if (link === null || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return undefined;
  event.preventDefault();
  return { targetId: link.dataset.target ?? "", event: link.dataset.event };
}

/** `BeforeAllowTraffic` in narrow columns: broken between its words. */
function Broken({ name }: { name: string }) {
  return name.split(/(?=[A-Z])/).map((word, index) => (
    <Fragment key={word}>
      {index > 0 && <wbr />}
      {word}
    </Fragment>
  ));
}
