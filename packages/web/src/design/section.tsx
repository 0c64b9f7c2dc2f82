import { type ReactNode, useId } from "react";
import { classNames } from "./class-names.ts";
import styles from "./section.module.css";

interface SectionProps {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** Beside the title: how many there are. */
  readonly count?: number | undefined;
  readonly actions?: ReactNode;
  /** `false`: what is in it brings its own frame. */
  readonly framed?: boolean;
  /** Room between the frame and what is in it; tables want none. */
  readonly padded?: boolean;
  readonly children: ReactNode;
}

/** A part of a page, with an `h2` that names it. */
export function Section({ title, description, count, actions, framed = true, padded = false, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles.section}>
      <div className={styles.head}>
        <div>
          <h2 id={id} className={styles.title}>
            {title}
            {count !== undefined && <span className={styles.count}>{count}</span>}
          </h2>
          {description && <p className={styles.description}>{description}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {framed ? <Card padded={padded}>{children}</Card> : children}
    </section>
  );
}

/** A frame around what belongs together. */
export function Card({ padded = true, children }: { padded?: boolean; children: ReactNode }) {
  return <div className={classNames(styles.card, padded && styles.padded)}>{children}</div>;
}
