import { isFrame } from "./error-words.ts";
import { levelOf } from "./level-of.ts";
import { untimedLine } from "./plain-line.ts";

/** Whether a person who looks for a cause wants to see the line: an error, a warning, a frame of a stack, or how something ended. */
export function isInteresting(line: string): boolean {
  const level = levelOf(line);
  return level === "error" || level === "warning" || isFrame(untimedLine(line));
}
