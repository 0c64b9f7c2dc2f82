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

export function usePaletteKey(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      isPaletteOpen.set(!isPaletteOpen.get());
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
