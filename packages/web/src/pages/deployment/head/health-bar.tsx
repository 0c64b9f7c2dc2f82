import { classNames } from "../../../design/class-names.ts";
import styles from "./health-strip.module.css";

/** Healthy hosts of all, and a mark at the number below which nothing more is begun. */
export function HealthBar({ healthy, minimum, all }: { healthy: number; minimum: number; all: number }) {
  const part = (count: number) => `${Math.min(100, (count / all) * 100)}%`;
  const isBelow = healthy < minimum;
  return (
    <span
      role="img"
      aria-label={`${healthy} of ${all} hosts are healthy, and ${minimum} have to be`}
      className={styles.health}
    >
      <span className={classNames(styles.healthy, isBelow && styles.below)} style={{ width: part(healthy) }} />
      {minimum > 0 && <span className={styles.minimum} style={{ left: part(minimum) }} />}
    </span>
  );
}
