import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./note.module.css";
import type { Tone } from "./status.ts";

const ICONS: Readonly<Record<Tone, IconName>> = {
  neutral: "info",
  progress: "info",
  success: "check-circle",
  danger: "error",
  warning: "warning",
  attention: "bell",
};

interface NoteProps {
  readonly tone?: Tone;
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** Something to know, in the flow of the page. */
export function Note({ tone = "neutral", title, actions, children }: NoteProps) {
  return (
    <div className={classNames(styles.note, styles[tone])}>
      <Icon name={ICONS[tone]} />
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {children && <div className={styles.body}>{children}</div>}
      </div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
