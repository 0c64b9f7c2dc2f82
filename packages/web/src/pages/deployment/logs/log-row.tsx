import { type MouseEvent, memo } from "react";
import { classNames } from "../../../design/class-names.ts";
import { ansiSpans } from "./ansi.ts";
import { rangesOf } from "./log-search.ts";
import type { LogItem } from "./log-view.ts";
import styles from "./log-viewer.module.css";
import { type MarkedSpan, markedSpans } from "./marked-spans.ts";

interface LogRowProps {
  readonly item: LogItem;
  readonly prefix: "none" | "event" | "host" | "both";
  readonly isLinked: boolean;
  readonly isMatch: boolean;
  readonly query: string;
  readonly onLink: (item: { readonly targetId: string; readonly event: string; readonly line: number }) => void;
  readonly onOpenGap: (place: number) => void;
}

/** A line of output: its number, which is a link to it, whose it is, and its text with its colours. It is never more than text. */
export const LogRow = memo(({ item, prefix, isLinked, isMatch, query, onLink, onOpenGap }: LogRowProps) => {
  if (item.kind === "gap") {
    return (
      <button type="button" className={styles.gap} onClick={() => onOpenGap(item.place)}>
        {item.count} {item.count === 1 ? "line" : "lines"} left out
      </button>
    );
  }
  const { number, targetId, hostName, lifecycleEvent, at, stream, scriptName, raw, text, level } = item.line;
  const spans = markedSpans(ansiSpans(raw), rangesOf(text, query.toLowerCase()));
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onLink({ targetId, event: lifecycleEvent, line: number });
  };
  const search = new URLSearchParams({ tab: "logs", target: targetId, event: lifecycleEvent, line: String(number) });
  return (
    <div
      className={classNames(
        styles.line,
        styles[level],
        stream === "agent" && styles.agent,
        isLinked && styles.linked,
        isMatch && styles.current,
      )}
    >
      <a
        href={`?${search}`}
        tabIndex={-1}
        className={styles.number}
        title={`${at.toISOString()} ${stream}${scriptName ? ` of ${scriptName}` : ""}`}
        aria-label={`Line ${number}`}
        onClick={follow}
      >
        {number}
      </a>
      {(prefix === "host" || prefix === "both") && <span className={styles.prefix}>{hostName}</span>}
      {(prefix === "event" || prefix === "both") && (
        <span className={classNames(styles.prefix, styles.event)}>{lifecycleEvent}</span>
      )}
      <span data-text="" className={styles.text}>
        {spans.map((span, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: their places are all that they are known by
          <span key={index} className={spanClass(span)}>
            {span.text}
          </span>
        ))}
      </span>
    </div>
  );
});

function spanClass({ colour, background, isBold, isDim, isItalic, isUnderlined, isMatch }: MarkedSpan): string {
  return classNames(
    colour !== undefined && styles[`fg${colour}`],
    background !== undefined && styles[`bg${background}`],
    isBold && styles.bold,
    isDim && styles.dim,
    isItalic && styles.italic,
    isUnderlined && styles.underlined,
    isMatch && styles.match,
  );
}
