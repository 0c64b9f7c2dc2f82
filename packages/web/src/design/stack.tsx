import type { ReactNode } from "react";
import styles from "./stack.module.css";

/** Things beneath each other: `form` with the room between fields, `tight` between lines. */
export function Stack({ look = "form", children }: { look?: "form" | "tight"; children: ReactNode }) {
  return <div className={styles[look]}>{children}</div>;
}

/** Things beside each other, which wrap. */
export function Row({ children }: { children: ReactNode }) {
  return <div className={styles.row}>{children}</div>;
}

/** Things of equal weight beside each other, as many as there is room for. */
export function Columns({ children }: { children: ReactNode }) {
  return <div className={styles.columns}>{children}</div>;
}
