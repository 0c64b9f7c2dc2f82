import type { GridEvent } from "@sluice/wire/sluice/console-api.ts";
import { classNames } from "../../../design/class-names.ts";
import { useNow } from "../../../design/clock.ts";
import { Icon, type IconName } from "../../../design/icon.tsx";
import { eventDuration } from "../event-duration.ts";
import styles from "./target-grid.module.css";

const ICONS: Readonly<Record<string, IconName>> = {
  Succeeded: "check",
  Failed: "x",
  InProgress: "progress",
  Unknown: "info",
  Skipped: "minus",
};

/** What a lifecycle event of a target has come to, as small as can be read: a sign of its own shape, a colour, and how long it took. */
export function EventMark({ event, isWaiting = false }: { event: GridEvent; isWaiting?: boolean }) {
  const { status, startedAt, endedAt } = event;
  if (status === "Pending") return <span className={styles.dot} />;
  const icon = isWaiting && status === "InProgress" ? "clock" : ICONS[status];
  return (
    <span className={classNames(styles.mark, styles[`is${status}`], isWaiting && styles.isWaiting)}>
      {icon && <Icon name={icon} size={12} />}
      {startedAt && endedAt && (
        <span className={styles.took}>{eventDuration(endedAt.getTime() - startedAt.getTime())}</span>
      )}
      {startedAt && !endedAt && <Running since={startedAt} />}
    </span>
  );
}

const SHOWN_FROM_MILLISECONDS = 3_000;

function Running({ since }: { since: Date }) {
  const lasted = useNow() - since.getTime();
  return lasted < SHOWN_FROM_MILLISECONDS ? null : (
    <span className={styles.took}>{eventDuration(Math.floor(lasted / 1000) * 1000)}</span>
  );
}
