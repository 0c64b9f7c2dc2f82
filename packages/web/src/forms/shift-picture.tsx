import styles from "./shift-picture.module.css";
import type { ShiftStep } from "./shift-steps.ts";

const WIDTH = 320;
const HEIGHT = 96;
const WHOLE = 100;
/** Of the time that is drawn, so much comes after the last step. */
const TAIL = 0.12;

/** How the new side's share of the traffic grows. */
export function ShiftPicture({ steps }: { steps: readonly ShiftStep[] }) {
  const last = steps.at(-1);
  if (last === undefined) return null;
  const end = last.minute === 0 ? 1 : last.minute / (1 - TAIL);
  const x = (minute: number) => (minute / end) * WIDTH;
  const y = (percent: number) => HEIGHT - (percent / WHOLE) * (HEIGHT - 4) - 2;
  const line = steps
    .map(({ minute, percent }, index) => `${index === 0 ? `M0 ${HEIGHT - 2}V` : `H${x(minute)}V`}${y(percent)}`)
    .join("");
  const whole = `${line}H${WIDTH}`;
  return (
    <figure className={styles.figure}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className={styles.picture} aria-hidden="true">
        <path d={`${whole}V${HEIGHT - 2}Z`} className={styles.area} />
        <path d={whole} className={styles.line} vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption className={styles.caption}>
        <span>0 min: {steps[0]?.percent} %</span>
        {steps.length > 2 && <span>{steps.length} steps</span>}
        {last.minute > 0 && (
          <span>
            {minutesWords(last.minute)}: {last.percent} %
          </span>
        )}
      </figcaption>
    </figure>
  );
}

function minutesWords(minutes: number): string {
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
