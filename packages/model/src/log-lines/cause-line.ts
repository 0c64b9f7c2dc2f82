import { isConsequence, isFrame, isTrace } from "./error-words.ts";
import { levelOf } from "./level-of.ts";
import { plainLine, untimedLine } from "./plain-line.ts";

export interface OutputLine {
  readonly stream: "stdout" | "stderr" | "agent";
  readonly text: string;
}

/** How sure it is: `error`: a line says it. `last-words`: the last that was printed before the end. */
export type CauseKind = "error" | "last-words";

/**
 * Which of the lines that a program printed before it failed tells why: the last one that says what went wrong, or else that something did, or
 * else the last words, on stderr if there are any. Later lines win since a script goes on after what it can do without.
 *
 * @returns undefined where nothing but blank lines was printed
 */
export function causeLine(
  lines: readonly OutputLine[],
): { readonly index: number; readonly kind: CauseKind } | undefined {
  let consequence: number | undefined;
  let lastOnStderr: number | undefined;
  let last: number | undefined;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const { stream, text } = lines[index]!;
    const said = untimedLine(text);
    // What the agent itself adds is about the event, and not of the program.
    if (said.trim() === "" || stream === "agent") continue;
    if (isTrace(said) || isFrame(said) || isSourceOfFrame(lines, index)) continue;
    if (endsTraceback(lines, index)) return { index, kind: "error" };
    // A line that says of itself that it is a warning is no cause.
    const isError = levelOf(text) === "error";
    if (isError && !isConsequence(said)) return { index, kind: "error" };
    if (isError) consequence ??= index;
    if (stream === "stderr") lastOnStderr ??= index;
    last ??= index;
  }
  if (consequence !== undefined) return { index: consequence, kind: "error" };
  const index = lastOnStderr ?? last;
  return index === undefined ? undefined : { index, kind: "last-words" };
}

/** Python shows the line of code below each frame. */
function isSourceOfFrame(lines: readonly OutputLine[], index: number): boolean {
  return isIndented(lines[index]) && isPythonFrame(lines[index - 1]);
}

/** Its exception follows, of whatever class: after the code, or what points into it. */
function endsTraceback(lines: readonly OutputLine[], index: number): boolean {
  if (isIndented(lines[index])) return false;
  return isPythonFrame(lines[index - 2]) || (isPythonFrame(lines[index - 3]) && isIndented(lines[index - 1]));
}

function isPythonFrame(line: OutputLine | undefined): boolean {
  return line !== undefined && /^\s+File "/.test(plainLine(line.text));
}

function isIndented(line: OutputLine | undefined): boolean {
  return line !== undefined && /^\s/.test(plainLine(line.text));
}
