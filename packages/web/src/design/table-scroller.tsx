import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import styles from "./table.module.css";

interface TableScrollerProps {
  readonly label: string;
  readonly frame?: RefObject<HTMLDivElement | null>;
  readonly children: ReactNode;
}

/** Around a table that may be wider than there is room for. Only then it can have the focus, so that arrow keys move what is in it. */
export function TableScroller({ label, frame, children }: TableScrollerProps) {
  const own = useRef<HTMLDivElement>(null);
  const holder = frame ?? own;
  const [isWider, setIsWider] = useState(false);
  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const sizes = new ResizeObserver(() => setIsWider(element.scrollWidth > element.clientWidth));
    sizes.observe(element);
    if (element.firstElementChild) sizes.observe(element.firstElementChild);
    return () => sizes.disconnect();
  }, [holder]);
  return (
    <div ref={holder} className={styles.scroller} {...(isWider && { role: "group", "aria-label": label, tabIndex: 0 })}>
      {children}
    </div>
  );
}
