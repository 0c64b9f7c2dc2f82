import type { ReactNode } from "react";
import styles from "./toolbar.module.css";

/** Above a list: its search and filters, and at the end what else there is. */
export function Toolbar({ label, children, end }: { label: string; children: ReactNode; end?: ReactNode }) {
  return (
    <search aria-label={label} className={styles.toolbar}>
      {children}
      {end && <div className={styles.end}>{end}</div>}
    </search>
  );
}
