import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import styles from "./key-value.module.css";

interface KeyValueProps {
  /** In their order; those whose value is undefined are left out. */
  readonly items: readonly { readonly name: string; readonly value: ReactNode }[];
  /** `grid`: several beside each other, each name above its value. */
  readonly look?: "list" | "grid";
}

/** Names and their values. */
export function KeyValue({ items, look = "list" }: KeyValueProps) {
  return (
    <dl className={classNames(styles.list, look === "grid" && styles.grid)}>
      {items
        .filter(({ value }) => value !== undefined)
        .map(({ name, value }) => (
          <div key={name} className={styles.item}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
