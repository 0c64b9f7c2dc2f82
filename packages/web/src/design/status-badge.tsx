import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { Icon, type IconName } from "./icon.tsx";
import { statusLook, type Tone } from "./status.ts";
import styles from "./status-badge.module.css";

/** A state as the API calls it: `<StatusBadge status="InProgress" />`. `plain`: without its ground, for rows of tables. */
export function StatusBadge({ status, label, plain = false }: { status: string; label?: string; plain?: boolean }) {
  const look = statusLook(status);
  return (
    <Badge tone={look.tone} icon={look.icon} plain={plain}>
      {label ?? look.label}
    </Badge>
  );
}

/** A word with a tone: `<Badge tone="warning">Read only</Badge>`. */
export function Badge(props: { tone?: Tone; icon?: IconName | undefined; plain?: boolean; children: ReactNode }) {
  const { tone = "neutral", icon, plain = false, children } = props;
  return (
    <span className={classNames(styles.badge, styles[tone], plain && styles.plain)}>
      {icon && (
        <span className={styles.icon}>
          <Icon name={icon} size={14} />
        </span>
      )}
      {children}
    </span>
  );
}

/** The icon of a state alone, with its name for a screen reader. */
export function StatusIcon({ status, size = 16 }: { status: string; size?: number }) {
  const { tone, icon, label } = statusLook(status);
  return (
    <span role="img" aria-label={label} title={label} className={classNames(styles.alone, styles[tone])}>
      <Icon name={icon} size={size} />
    </span>
  );
}
