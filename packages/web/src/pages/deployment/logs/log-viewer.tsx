import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { LogRow } from "./log-row.tsx";
import { logRows } from "./log-rows.ts";
import type { ShelvedLog } from "./log-shelf.ts";
import type { LogItems } from "./log-view.ts";
import styles from "./log-viewer.module.css";

interface LogViewerProps {
  readonly log: ShelvedLog;
  readonly items: LogItems;
  readonly isWrapped: boolean;
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
  /** Items that stand out: the line that the address names, and the match that the search is at. */
  readonly linkedPlace: number | undefined;
  readonly query: string;
  readonly matchIndex: number | undefined;
  /** What stands before each line: whose it is. */
  readonly prefix: "none" | "event" | "host" | "both";
  readonly onLink: (item: { readonly targetId: string; readonly event: string; readonly line: number }) => void;
  readonly onOpenGap: (place: number) => void;
  /** How to scroll to an item, for who steps through matches. */
  readonly scrollTo: RefObject<((index: number) => void) | null>;
}

export const ROW_HEIGHT = 20;
/** Around what is seen, so that a quick turn of the wheel shows lines. */
const OVERSCAN_ROWS = 30;
const AT_BOTTOM = 8;

/** Lines of a log: a hundred thousand cost what those cost that are seen. */
export function LogViewer(props: LogViewerProps) {
  const {
    log,
    items,
    isWrapped,
    isFollowing,
    onFollow,
    linkedPlace,
    query,
    matchIndex,
    prefix,
    onLink,
    onOpenGap,
    scrollTo,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const ruler = useRef<HTMLSpanElement>(null);
  const [view, setView] = useState({ top: 0, height: 600, columns: 120 });
  const rows = useMemo(() => logRows(items, isWrapped ? view.columns : undefined), [items, isWrapped, view.columns]);

  // The room there is, in pixels and in characters.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => {
      if (element.clientHeight === 0) return;
      const character = (ruler.current?.getBoundingClientRect().width ?? 0) / RULER.length || 7.5;
      const room = element.querySelector<HTMLElement>("[data-text]")?.clientWidth ?? element.clientWidth - 90;
      const columns = Math.max(10, Math.floor(room / character));
      setView((old) =>
        old.height === element.clientHeight && old.columns === columns
          ? old
          : { ...old, height: element.clientHeight, columns },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // Another log, or this one again: as it was left.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    element.scrollTop = log.scrollTop;
    setView((old) => ({ ...old, top: element.scrollTop }));
  }, [log]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && isFollowing && rows.total > 0) element.scrollTop = element.scrollHeight;
  }, [isFollowing, rows.total]);

  useEffect(() => {
    scrollTo.current = (index) => {
      const element = scroller.current;
      if (element === null) return;
      const top = rows.before(index) * ROW_HEIGHT;
      const isSeen =
        top >= element.scrollTop + ROW_HEIGHT && top <= element.scrollTop + element.clientHeight - 3 * ROW_HEIGHT;
      if (!isSeen) element.scrollTop = Math.max(0, top - element.clientHeight / 2);
    };
  }, [rows, scrollTo]);

  const onScroll = () => {
    const element = scroller.current;
    // A tab that is not shown has no height, and says that it was scrolled to the top.
    if (element === null || element.clientHeight === 0) return;
    const isBack = element.scrollTop < log.scrollTop - 1;
    const isAtBottom = element.scrollTop + element.clientHeight >= element.scrollHeight - AT_BOTTOM;
    log.scrollTop = element.scrollTop;
    if (isAtBottom && !isFollowing) onFollow(true);
    else if (isBack && !isAtBottom && isFollowing) onFollow(false);
    setView((old) => (old.top === element.scrollTop ? old : { ...old, top: element.scrollTop }));
  };

  const first = rows.itemAt(Math.max(0, view.top / ROW_HEIGHT - OVERSCAN_ROWS));
  const last = rows.itemAt((view.top + view.height) / ROW_HEIGHT + OVERSCAN_ROWS);
  const shown = items.count === 0 ? [] : Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by keyboard
    <section ref={scroller} aria-label="Output" tabIndex={0} className={styles.viewer} onScroll={onScroll}>
      <span ref={ruler} aria-hidden="true" className={styles.ruler}>
        {RULER}
      </span>
      <div className={styles.all} style={{ height: rows.total * ROW_HEIGHT }}>
        <div className={isWrapped ? styles.wrapped : styles.window} style={{ top: rows.before(first) * ROW_HEIGHT }}>
          {shown.map((index) => {
            const item = items.at(index);
            return (
              item && (
                <LogRow
                  key={
                    item.kind === "gap"
                      ? `gap ${item.place}`
                      : `${item.line.targetId} ${item.line.lifecycleEvent} ${item.line.number}`
                  }
                  item={item}
                  prefix={prefix}
                  isLinked={item.kind === "line" && item.place === linkedPlace}
                  isMatch={index === matchIndex}
                  query={query}
                  onLink={onLink}
                  onOpenGap={onOpenGap}
                />
              )
            );
          })}
        </div>
      </div>
    </section>
  );
}

const RULER = "0".repeat(50);
