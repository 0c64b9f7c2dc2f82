import { type RefObject, useEffect, useState } from "react";
import styles from "./target-grid.module.css";

interface Tip {
  readonly words: string;
  /** From the left edge of the window or from its right one, whichever is nearer. */
  readonly side: "left" | "right";
  readonly distance: number;
  readonly top: number;
  readonly isAbove: boolean;
}
const GAP = 6;
const ROOM_BELOW = 90;

/** One tooltip for all cells of a grid: what each would say is its `aria-label`. Thousands of tooltips would cost more than the grid. */
export function CellTip({ container }: { container: RefObject<HTMLElement | null> }) {
  const [tip, setTip] = useState<Tip>();
  useEffect(() => {
    const element = container.current;
    if (element === null) return;
    const show = (event: Event) => {
      const cell = event.target instanceof Element ? event.target.closest("[data-tip]") : null;
      const words = cell?.getAttribute("aria-label");
      if (!cell || !words) return setTip(undefined);
      const { left, right, top, bottom } = cell.getBoundingClientRect();
      const isLeft = left < innerWidth / 2;
      const isAbove = bottom + ROOM_BELOW > innerHeight;
      setTip({
        words,
        side: isLeft ? "left" : "right",
        distance: Math.max(GAP, isLeft ? left : innerWidth - right),
        top: isAbove ? top - GAP : bottom + GAP,
        isAbove,
      });
    };
    const hide = () => setTip(undefined);
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && hide();
    element.addEventListener("pointerover", show);
    element.addEventListener("focusin", show);
    element.addEventListener("pointerleave", hide);
    element.addEventListener("focusout", hide);
    element.addEventListener("scroll", hide, { passive: true });
    element.addEventListener("keydown", onKey);
    return () => {
      element.removeEventListener("pointerover", show);
      element.removeEventListener("focusin", show);
      element.removeEventListener("pointerleave", hide);
      element.removeEventListener("focusout", hide);
      element.removeEventListener("scroll", hide);
      element.removeEventListener("keydown", onKey);
    };
  }, [container]);
  if (tip === undefined) return null;
  const { words, side, distance, top, isAbove } = tip;
  return (
    <div
      aria-hidden="true"
      className={styles.tip}
      style={{ [side]: distance, top, translate: isAbove ? "0 -100%" : "0" }}
    >
      {words}
    </div>
  );
}
