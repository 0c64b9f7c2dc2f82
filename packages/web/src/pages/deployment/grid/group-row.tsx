import { memo } from "react";
import { Icon } from "../../../design/icon.tsx";
import { statusLook } from "../../../design/status.ts";
import { StatusIcon } from "../../../design/status-badge.tsx";
import { GRID_CELL } from "./grid-roles.ts";
import type { GridGroup } from "./grid-view.ts";
import { STATE_ORDER } from "./grid-view.ts";
import styles from "./target-grid.module.css";

interface GroupRowProps {
  readonly group: GridGroup;
  readonly isOpen: boolean;
  readonly isActive: boolean;
  readonly onToggle: (key: string) => void;
}

/** The head of a group of rows: how many there are, and of zones in which states. Opens and closes. */
export const GroupCell = memo(({ group, isOpen, isActive, onToggle }: GroupRowProps) => {
  const { key, rows, counts } = group;
  const isState = (STATE_ORDER as readonly string[]).includes(key);
  return (
    <div {...GRID_CELL} className={styles.whole}>
      <button
        type="button"
        aria-expanded={isOpen}
        tabIndex={isActive ? 0 : -1}
        data-column={0}
        className={styles.groupButton}
        onClick={() => onToggle(key)}
      >
        <Icon name={isOpen ? "chevron-down" : "chevron-right"} size={14} />
        {isState && <StatusIcon status={key} size={14} />}
        {isState ? statusLook(key).label : key}
        <span className={styles.count}>{rows.length}</span>
        {!isState && (
          <span className={styles.states}>
            {counts.map(({ state, count }) => (
              <span key={state}>
                {count} {statusLook(state).label.toLowerCase()}
              </span>
            ))}
          </span>
        )}
      </button>
    </div>
  );
});
