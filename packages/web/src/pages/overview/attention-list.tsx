import type { Attention } from "@sluice/wire/sluice/console-api.ts";
import { Icon } from "../../design/icon.tsx";
import { Link } from "../../design/link.tsx";
import { Section } from "../../design/section.tsx";
import styles from "./attention-list.module.css";
import { attentionKey, shownAttention } from "./attention-look.ts";
import { AttentionRow } from "./attention-row.tsx";

/** What a person has to look at, the most urgent first. */
export function AttentionList({ attention }: { attention: readonly Attention[] }) {
  const { rows, moreDarkHosts } = shownAttention(attention);
  return (
    <Section title="Waiting for you" count={attention.length || undefined}>
      {rows.length === 0 ? (
        <p className={styles.none}>
          <Icon name="check-circle" className={styles.good} />
          Nothing waits for you.
        </p>
      ) : (
        <ul className={styles.list}>
          {rows.map((each) => (
            <AttentionRow key={attentionKey(each)} attention={each} />
          ))}
          {moreDarkHosts > 0 && (
            <li className={styles.more}>
              <Link to="/-/hosts" search={{ state: ["dark"] }}>
                {moreDarkHosts} more {moreDarkHosts === 1 ? "host is" : "hosts are"} dark
              </Link>
            </li>
          )}
        </ul>
      )}
    </Section>
  );
}
