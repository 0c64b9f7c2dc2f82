import { useEffect } from "react";
import type { IconName } from "../design/icon.tsx";
import { observable } from "../state/observable.ts";

/** Something that the palette finds, and what it does when it is chosen. */
export interface Command {
  /** Unique among all. */
  readonly id: string;
  readonly title: string;
  /** Beneath the title: where it is, what it will do. */
  readonly subtitle?: string | undefined;
  readonly icon?: IconName | undefined;
  /** The heading under which it stands: `Deployments`. */
  readonly section: string;
  /** Other words by which it is found. */
  readonly keywords?: readonly string[] | undefined;
  /** Why it cannot be done now: it is shown, says so, and does nothing. */
  readonly unavailable?: string | undefined;
  readonly run: () => void;
}

/** What there is for the text that was typed (empty: what is worth showing at once). Aborted when more is typed. */
export type CommandSource = (text: string, signal: AbortSignal) => readonly Command[] | Promise<readonly Command[]>;

/** Whether the palette is shown. */
export const isPaletteOpen = observable(false);

const sources = new Set<CommandSource>();

/** For as long as the page that registers them is there: returns how they are taken back. */
export function registerCommands(source: CommandSource): () => void {
  sources.add(source);
  return () => sources.delete(source);
}

export function commandSources(): readonly CommandSource[] {
  return [...sources];
}

/** `⌘K` on a Mac, `Ctrl K` elsewhere. */
export const PALETTE_KEY = navigator.platform.startsWith("Mac") ? "⌘K" : "Ctrl K";

function isOpener({ key, metaKey, ctrlKey, shiftKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === "k" && (metaKey || ctrlKey) && !shiftKey;
}

/** `/`, unless it is typed into a field or a dialog is open. */
function isSlash({ key, metaKey, ctrlKey, target }: KeyboardEvent): boolean {
  if (key !== "/" || metaKey || ctrlKey || !(target instanceof Element)) return false;
  return target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=alertdialog]") === null;
}

export function usePaletteKey(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || !(isOpener(event) || isSlash(event))) return;
      event.preventDefault();
      isPaletteOpen.set(isSlash(event) || !isPaletteOpen.get());
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
