import type { Attention } from "@sluice/wire/sluice/console-api.ts";
import { classNames } from "../../design/class-names.ts";
import { CommandBlock } from "../../design/copyable.tsx";
import { Icon } from "../../design/icon.tsx";
import { Countdown, Time } from "../../design/time.tsx";
import { TimedText } from "../../design/timed-text.tsx";
import { AttentionActions } from "./attention-actions.tsx";
import styles from "./attention-list.module.css";
import { attentionLook } from "./attention-look.ts";

/** What is the matter, since when, what mends it, and that as a button where it is one. */
export function AttentionRow({ attention }: { attention: Attention }) {
  const { kind, summary, cure, command, since, until } = attention;
  const { icon, tone, label } = attentionLook(kind);
  // A command that a button does as well would be noise.
  const isByHand = command !== undefined && kind === "server-trouble";
  return (
    <li className={styles.row}>
      <span role="img" aria-label={label} title={label} className={classNames(styles.icon, styles[tone])}>
        <Icon name={icon} />
      </span>
      <div className={styles.words}>
        <p className={styles.summary}>
          <TimedText text={summary} />
        </p>
        <p className={styles.cure}>{cure}</p>
        {isByHand && <CommandBlock command={command} />}
      </div>
      <div className={styles.times}>
        {since && (
          <span>
            <Time at={since} />
          </span>
        )}
        {until && (
          <span className={styles.until}>
            <Countdown until={until} /> left
          </span>
        )}
      </div>
      <AttentionActions attention={attention} />
    </li>
  );
}
