import { useEffect, useState } from "react";
import type { Command, CommandSource } from "../commands.ts";
import { matchScore } from "./match.ts";

export interface FoundCommands {
  readonly commands: readonly Command[];
  /** A source still looks. */
  readonly isLooking: boolean;
}

/**
 * What all sources have for a text, each as soon as it has it. While one still looks, what it found for the text before stays as far as it fits:
 * a list that empties at each key cannot be read.
 */
export function useFoundCommands(sources: readonly CommandSource[], text: string): FoundCommands {
  const [found, setFound] = useState<ReadonlyMap<CommandSource, readonly Command[]>>(new Map());
  const [looking, setLooking] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setLooking(sources.length);
    for (const source of sources) {
      // A source that fails has nothing: the others are still of use, and its page tells why.
      void Promise.resolve()
        .then(() => source(text, abort.signal))
        .catch((): readonly Command[] => [])
        .then((commands) => {
          if (abort.signal.aborted) return;
          setFound((before) => new Map(before).set(source, commands));
          setLooking((count) => count - 1);
        });
    }
    return () => abort.abort();
  }, [sources, text]);
  const commands = sources.flatMap((source) => found.get(source) ?? []);
  const isLooking = looking > 0;
  return { commands: isLooking ? commands.filter((command) => matchScore(command, text) > 0) : commands, isLooking };
}
