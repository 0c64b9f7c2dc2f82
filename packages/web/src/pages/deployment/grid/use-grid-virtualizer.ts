import { defaultRangeExtractor, useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback } from "react";
import { type GridItem, itemKey } from "./grid-view.ts";

interface GridHeights {
  readonly row: number;
  readonly group: number;
}

/** Which rows are seen. @param kept a row that stays there when it is scrolled away, since it has the focus */
export function useGridVirtualizer(
  scroller: RefObject<HTMLDivElement | null>,
  items: readonly GridItem[],
  heights: GridHeights,
  kept?: number,
): Virtualizer<HTMLDivElement, Element> {
  // Another function for other items: heights go with the kinds of rows, and are reckoned anew when it changes.
  const getItemKey = useCallback((index: number) => itemKey(items[index]), [items]);
  return useVirtualizer<HTMLDivElement, Element>({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heights[items[index]?.kind ?? "row"],
    getItemKey,
    overscan: 6,
    rangeExtractor: (range) => withPlace(defaultRangeExtractor(range), kept, items.length),
  });
}

function withPlace(places: number[], place: number | undefined, count: number): number[] {
  if (place === undefined || place >= count || places.includes(place)) return places;
  return [...places, place].sort((one, other) => one - other);
}
