import type { GridEvent } from "@sluice/wire/sluice/console-api.ts";
import { memo } from "react";
import { classNames } from "../../../design/class-names.ts";
import { StatusIcon } from "../../../design/status-badge.tsx";
import hidden from "../../../shell/hidden.module.css";
import { cellWords } from "./cell-words.ts";
import { EventMark } from "./event-cell.tsx";
import { GRID_CELL, ROW_HEAD } from "./grid-roles.ts";
import { eventOf, type GridRow } from "./grid-row.ts";
import styles from "./target-grid.module.css";

interface TargetRowProps {
  readonly row: GridRow;
  readonly columns: readonly string[];
  /** The cell that the Tab key comes to; absent: none of this row. */
  readonly activeColumn: number | undefined;
  readonly showsZone: boolean;
}

/** Where a cell leads; also the page itself, for a tab of its own. */
export function logHref(targetId: string, event?: string): string {
  const search = new URLSearchParams({ tab: "logs", target: targetId, ...(event !== undefined && { event }) });
  return `?${search}`;
}

/** The cells of a row. They know nothing of where it stands, so that a row that moves on is not drawn anew. */
export const TargetCells = memo(({ row, columns, activeColumn, showsZone }: TargetRowProps) => {
  const { targetId, hostName, status, label, zone } = row;
  const tabIndex = (column: number) => (column === activeColumn ? 0 : -1);
  return (
    <>
      <div {...ROW_HEAD} className={classNames(styles.cell, styles.first)}>
        <a
          href={logHref(targetId)}
          tabIndex={tabIndex(0)}
          data-column={0}
          data-target={targetId}
          title={hostName}
          className={styles.link}
        >
          <StatusIcon status={status} size={14} />
          <span className={styles.name}>{hostName}</span>
          {label && <span className={classNames(styles.fleet, styles[label.toLowerCase()])}>{label}</span>}
          {showsZone && zone && <span className={styles.aside}>{zone}</span>}
        </a>
      </div>
      {columns.map((name, index) => {
        const event = eventOf(row, name);
        return (
          <div key={name} {...GRID_CELL} className={styles.cell}>
            <a
              href={logHref(targetId, name)}
              tabIndex={tabIndex(index + 1)}
              data-column={index + 1}
              data-target={targetId}
              data-event={name}
              data-tip=""
              aria-label={labelOf(row, name)}
              className={styles.link}
            >
              {event ? (
                <>
                  {isRunning(event) && <span className={hidden.hidden}>{cellWords(row, event)} </span>}
                  <EventMark event={event} isWaiting={row.wait?.event === name} />
                </>
              ) : (
                <span className={styles.none} />
              )}
            </a>
          </div>
        );
      })}
    </>
  );
});

/** What ticks beside it would not stand in a label: the words of an event that runs are in its cell. */
function labelOf(row: GridRow, name: string): string | undefined {
  const event = eventOf(row, name);
  if (event === undefined) return `${name}: not of this target`;
  return isRunning(event) ? undefined : cellWords(row, event);
}

function isRunning({ startedAt, endedAt }: GridEvent): boolean {
  return startedAt !== undefined && endedAt === undefined;
}
