import type { LogItems } from "./log-view.ts";

/** Where lines stand, counted in rows of the screen: a line that is wrapped takes several. */
export interface LogRows {
  readonly total: number;
  /** Rows above an item. */
  before(index: number): number;
  /** The item that a row belongs to. */
  itemAt(row: number): number;
}

/** @param columns characters that have room in a row; undefined: lines are not wrapped */
export function logRows(items: LogItems, columns: number | undefined): LogRows {
  const { count } = items;
  if (columns === undefined) {
    return {
      total: count,
      before: (index) => index,
      itemAt: (row) => Math.max(0, Math.min(count - 1, Math.floor(row))),
    };
  }
  const starts = new Float64Array(count + 1);
  for (let index = 0; index < count; index += 1) {
    const item = items.at(index);
    starts[index + 1] = starts[index]! + (item?.kind === "line" ? rowsOf(item.line.text, columns) : 1);
  }
  return {
    total: starts[count] ?? 0,
    before: (index) => starts[Math.max(0, Math.min(count, index))] ?? 0,
    itemAt: (row) => {
      let low = 0;
      let high = Math.max(0, count - 1);
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (starts[middle]! <= row) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}

/** Of what is no ASCII some is twice as wide; a line that is counted too long or too short moves the others by a row. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/gu;
const ASCII = /^[\x20-\x7e]*$/;

function rowsOf(text: string, columns: number): number {
  const width = ASCII.test(text) ? text.length : text.length + (text.match(WIDE)?.length ?? 0);
  return Math.max(1, Math.ceil(width / columns));
}
