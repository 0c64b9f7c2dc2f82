import { useId } from "react";
import { classNames } from "../../../design/class-names.ts";
import { Icon } from "../../../design/icon.tsx";
import { statusLook } from "../../../design/status.ts";
import { StatusIcon } from "../../../design/status-badge.tsx";
import type { DeploymentSearch } from "../deployment-search.ts";
import { PlainSelect } from "../plain-select.tsx";
import { SearchBox } from "../search-box.tsx";
import type { GridRow } from "./grid-row.ts";
import { countStates, type GridGrouping, zonesOf } from "./grid-view.ts";
import styles from "./target-filters.module.css";

interface TargetFiltersProps {
  readonly rows: readonly GridRow[];
  readonly shown: number;
  readonly search: DeploymentSearch;
  readonly grouping: GridGrouping;
  readonly onChange: (change: {
    text?: string | undefined;
    state?: string | undefined;
    zone?: string | undefined;
    by?: "zone" | "none" | undefined;
  }) => void;
}

/** By words, state and zone. What is chosen is in the address. */
export function TargetFilters({ rows, shown, search, grouping, onChange }: TargetFiltersProps) {
  const id = useId();
  const zones = zonesOf(rows);
  return (
    <div className={styles.bar}>
      <SearchBox
        label="Filter targets"
        placeholder="Name, id or error"
        value={search.text ?? ""}
        onChange={(text) => onChange({ text: text === "" ? undefined : text })}
      />
      <fieldset className={styles.states}>
        <legend className={styles.hidden}>State</legend>
        {countStates(rows).map(({ state, count }) => {
          const isOn = search.state === state;
          return (
            <button
              key={state}
              type="button"
              aria-pressed={isOn}
              aria-describedby={id}
              className={classNames(styles.state, isOn && styles.on)}
              onClick={() => onChange({ state: isOn ? undefined : state })}
            >
              <StatusIcon status={state} size={14} />
              {statusLook(state).label}
              <span className={styles.count}>{count}</span>
            </button>
          );
        })}
      </fieldset>
      <div className={styles.right}>
        {zones.length > 1 && (
          <PlainSelect
            label="Zone"
            value={search.zone ?? ""}
            options={[{ value: "", title: "All zones" }, ...zones.map((zone) => ({ value: zone, title: zone }))]}
            onChange={(zone) => onChange({ zone: zone === "" ? undefined : zone })}
          />
        )}
        <PlainSelect
          label="Group by"
          value={grouping}
          options={[
            { value: "state", title: "By state" },
            { value: "zone", title: "By zone" },
            { value: "none", title: "Not grouped" },
          ]}
          onChange={(by) => onChange({ by: by === "zone" || by === "none" ? by : undefined })}
        />
      </div>
      <p id={id} role="status" className={shown === rows.length ? styles.hidden : styles.shown}>
        <Icon name="filter" size={12} /> {shown} of {rows.length} targets
      </p>
    </div>
  );
}
