import { useEffect, useRef, useState } from "react";
import { findMatches, type Matches, NO_MATCHES } from "./log-search.ts";
import type { LogItems } from "./log-view.ts";

/** Lines of one go: a key that is pressed meanwhile is not kept waiting. */
const AT_ONCE = 10_000;

/** Where a text is in the lines that are shown. Goes on with new lines, and begins again when others are shown. */
export function useMatches(items: LogItems, query: string, itemsKey: string): Matches {
  const [matches, setMatches] = useState(NO_MATCHES);
  const found = useRef({ matches: NO_MATCHES, itemsKey });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (found.current.itemsKey !== itemsKey) found.current = { matches: NO_MATCHES, itemsKey };
    const look = () => {
      const textAt = (place: number) => {
        const item = items.at(place);
        return item?.kind === "line" ? item.line.text : "";
      };
      const next = findMatches({ count: items.count, textAt }, query, found.current.matches, AT_ONCE);
      found.current = { matches: next, itemsKey };
      setMatches(next);
      if (query !== "" && next.looked < items.count) timer = setTimeout(look);
    };
    look();
    return () => clearTimeout(timer);
  }, [items, query, itemsKey]);
  return matches;
}
