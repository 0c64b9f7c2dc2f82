import { useEffect, useRef, useState } from "react";
import type { TextProblem } from "./text-editor.tsx";

const TYPING_MILLISECONDS = 150;

/**
 * What is wrong with a text, once the typing pauses. `look` may load what it looks with.
 * @param by what else it depends on
 */
export function useTextProblems(
  text: string,
  look: (text: string) => Promise<readonly TextProblem[]>,
  by: string | undefined,
): readonly TextProblem[] {
  const [problems, setProblems] = useState<readonly TextProblem[]>([]);
  const latest = useRef(look);
  latest.current = look;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is looked for is another thing when `by` is
  useEffect(() => {
    if (text.trim() === "") {
      setProblems([]);
      return undefined;
    }
    let isLatest = true;
    const timer = setTimeout(async () => {
      const found = await latest.current(text);
      if (isLatest) setProblems(found);
    }, TYPING_MILLISECONDS);
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [text, by]);
  return problems;
}
