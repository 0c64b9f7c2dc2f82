import type { TextDifference } from "@sluice/wire/sluice/console-api.ts";
import { useState } from "react";
import { classNames } from "../../design/class-names.ts";
import { plainText } from "../deployment/logs/ansi.ts";
import { diffItems } from "./diff-hunks.ts";
import styles from "./text-diff.module.css";

const NAMES: Readonly<Record<string, string>> = { taskDefinition: "Task definition", function: "Function" };
const SIGNS = { same: " ", added: "+", removed: "−" } as const;
const WORDS = { same: "", added: "Added: ", removed: "Removed: " } as const;

/** Two texts line by line. Equal lines far from a change are folded. */
export function TextDiff({ text: { name, lines } }: { text: TextDifference }) {
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const added = lines.filter(({ kind }) => kind === "added").length;
  const removed = lines.filter(({ kind }) => kind === "removed").length;
  return (
    <figure className={styles.diff}>
      <figcaption className={styles.head}>
        <code>{NAMES[name] ?? name}</code>
        <span className={styles.added}>+{added}</span>
        <span className={styles.removed}>−{removed}</span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by keyboard */}
      <section aria-label={`Differences of ${NAMES[name] ?? name}`} tabIndex={0} className={styles.lines}>
        {added + removed === 0 && <p className={styles.same}>No line differs.</p>}
        {added + removed > 0 &&
          diffItems(lines, unfolded).map((item) =>
            item.kind === "fold" ? (
              <button
                key={`fold ${item.from}`}
                type="button"
                className={styles.fold}
                onClick={() => setUnfolded(new Set(unfolded).add(item.from))}
              >
                {item.count} equal {item.count === 1 ? "line" : "lines"}
              </button>
            ) : (
              <div
                key={`${item.from ?? ""} ${item.to ?? ""}`}
                className={classNames(styles.line, styles[item.line.kind])}
              >
                <span aria-hidden="true" className={styles.number}>
                  {item.from}
                </span>
                <span aria-hidden="true" className={styles.number}>
                  {item.to}
                </span>
                <span aria-hidden="true" className={styles.sign}>
                  {SIGNS[item.line.kind]}
                </span>
                <span className={styles.hidden}>{WORDS[item.line.kind]}</span>
                <span className={styles.text}>{plainText(item.line.text)}</span>
              </div>
            ),
          )}
      </section>
    </figure>
  );
}
