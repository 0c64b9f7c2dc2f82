import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";
import styles from "./page-header.module.css";

interface PageHeaderProps {
  readonly title: ReactNode;
  /** Links to the pages above this one, the uppermost first. */
  readonly breadcrumbs?: readonly ReactNode[] | undefined;
  /** One sentence beneath the title. */
  readonly description?: ReactNode;
  /** Beside the title: a badge. */
  readonly aside?: ReactNode;
  /** Buttons, the most important last. */
  readonly actions?: ReactNode;
}

/** The head of each page, with its only `h1`. */
export function PageHeader({ title, breadcrumbs = [], description, aside, actions }: PageHeaderProps) {
  return (
    <header className={styles.header}>
      {breadcrumbs.length > 0 && (
        <nav aria-label="Breadcrumbs" className={styles.breadcrumbs}>
          <ol>
            {breadcrumbs.map((crumb, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: their places are all that they are known by
              <li key={index}>
                {index > 0 && <Icon name="chevron-right" size={12} />}
                {crumb}
              </li>
            ))}
          </ol>
        </nav>
      )}
      <div className={styles.row}>
        <div className={styles.words}>
          <div className={styles.titleRow}>
            <h1 className={styles.title}>{title}</h1>
            {aside}
          </div>
          {description && <p className={styles.description}>{description}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
    </header>
  );
}
