import { useNow } from "./clock.ts";
import styles from "./time.module.css";
import { durationWords, localWords, relativeWords, utcWords } from "./time-words.ts";
import { Tooltip } from "./tooltip.tsx";

interface TimeProps {
  readonly at: Date;
  /** `relative`: `5 min ago`, which ticks, and the date once it is a week old. `exact`: the date, with seconds. */
  readonly look?: "relative" | "date" | "exact";
}

/** A moment in the viewer's zone. UTC is shown when the mouse is over it, or the focus in it. */
export function Time({ at, look = "relative" }: TimeProps) {
  const now = useNow(look === "relative");
  const words =
    (look === "relative" ? relativeWords(at.getTime(), now) : undefined) ?? localWords(at, look === "exact");
  return (
    <Tooltip text={`${localWords(at, true)} · ${utcWords(at)}`} isPlain>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its UTC time is told to who comes by keyboard, too */}
      <time dateTime={at.toISOString()} tabIndex={0} className={styles.time}>
        {words}
      </time>
    </Tooltip>
  );
}

interface DurationProps {
  readonly from: Date;
  /** Absent: it still lasts, and ticks. */
  readonly to?: Date | undefined;
}

/** How long something took, or has taken so far. */
export function Duration({ from, to }: DurationProps) {
  const now = useNow(to === undefined);
  return <span className={styles.duration}>{durationWords((to?.getTime() ?? now) - from.getTime())}</span>;
}

/** How long it is until then; `0s` once it has passed. */
export function Countdown({ until }: { until: Date }) {
  return <span className={styles.duration}>{durationWords(until.getTime() - useNow())}</span>;
}
