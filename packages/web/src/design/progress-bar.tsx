import { classNames } from "./class-names.ts";
import styles from "./progress-bar.module.css";
import { statusLook } from "./status.ts";

export interface ProgressPart {
  /** As the API calls it. */
  readonly status: string;
  readonly count: number;
}

interface ProgressBarProps {
  readonly parts: readonly ProgressPart[];
  /** What is counted, for a screen reader: `targets`. */
  readonly noun: string;
  /** `6px` thin in rows, `10px` in headers. */
  readonly size?: "small" | "medium";
}

/** How many of all are in which state: a bar in segments, and the same in words for who cannot see it. */
export function ProgressBar({ parts, noun, size = "small" }: ProgressBarProps) {
  const shown = parts.filter(({ count }) => count > 0);
  const words = shown.map(({ status, count }) => `${count} ${statusLook(status).label.toLowerCase()}`).join(", ");
  const text = words === "" ? `No ${noun} yet` : `${noun}: ${words}`;
  return (
    <span
      role="img"
      aria-label={text}
      title={text}
      className={classNames(styles.bar, size === "medium" && styles.medium)}
    >
      {shown.map(({ status, count }) => (
        <span key={status} className={classNames(styles.part, styles[partClass(status)])} style={{ flexGrow: count }} />
      ))}
    </span>
  );
}

function partClass(status: string): string {
  return status === "Pending" ? "track" : status === "Skipped" ? "skipped" : statusLook(status).tone;
}
