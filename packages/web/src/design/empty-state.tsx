import type { ReactNode } from "react";
import styles from "./empty-state.module.css";
import { Icon, type IconName } from "./icon.tsx";

interface EmptyStateProps {
  readonly icon?: IconName;
  readonly title: string;
  /** What it is that is not there, and the next step. */
  readonly children?: ReactNode;
  /** The next step as a button or a command. */
  readonly action?: ReactNode;
}

/** Where there is nothing yet: it says what to do. */
export function EmptyState({ icon = "box", title, children, action }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <span className={styles.icon}>
        <Icon name={icon} size={20} />
      </span>
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.words}>{children}</div>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}
