import styles from "./tag-chips.module.css";
import type { TagRow } from "./tag-rows.ts";

/** Tags to be read. */
export function TagChips({ rows }: { rows: readonly TagRow[] }) {
  if (rows.length === 0) return <span className={styles.none}>none</span>;
  return (
    <ul className={styles.chips}>
      {rows.map(({ key, value }) => (
        <li key={key} className={styles.chip}>
          <span className={styles.key}>{key}</span>
          {value !== "" && <span>{value}</span>}
        </li>
      ))}
    </ul>
  );
}
