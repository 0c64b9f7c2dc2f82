import { type RefObject, useEffect, useRef } from "react";

/**
 * Where the keyboard goes on in a list of rows: into the row that was added; and where one was removed, into what is left, for the focus
 * would be lost with it. Rows have `data-row`.
 */
export function useRowFocus<T extends HTMLElement>(count: number): RefObject<T | null> {
  const ref = useRef<T>(null);
  const before = useRef(count);
  useEffect(() => {
    const grew = count > before.current;
    const shrank = count < before.current;
    before.current = count;
    if (!grew && !shrank) return;
    const rows = [...(ref.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const row = rows.at(-1);
    if (grew) (rows.findLast(isEmpty) ?? row)?.querySelector<HTMLElement>("input:not([type=hidden])")?.focus();
    // Not into a field: its suggestions would pop up.
    else (row ?? ref.current)?.querySelector<HTMLElement>("button:last-of-type")?.focus();
  }, [count]);
  return ref;
}

/** The one that was added, wherever among the others it is. */
function isEmpty(row: HTMLElement): boolean {
  return [...row.querySelectorAll("input")].every(({ value, type }) => value === "" || type !== "text");
}
