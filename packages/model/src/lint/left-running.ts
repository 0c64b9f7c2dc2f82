import { foregroundCommand } from "./foreground-command.ts";
import { isShellScript, type ShellLine, shellLines } from "./shell-lines.ts";

/** A command of a script that does not end, or not before the script's outputs are closed. */
export interface LeftRunning {
  /** In the script, counted from 1. */
  readonly line: number;
  readonly command: string;
  readonly how: "background" | "foreground";
}

/** Scripts of people have a few hundred lines; more is not gone through. */
export const SCRIPT_BYTES = 16 * 1024;
const MAX_COMMAND_CHARACTERS = 60;
/** `&` at the end, and no `&&`; what follows may be a comment or the next command. */
const IN_BACKGROUND = /(?<![&>|<])&(?![&>\d])\s*(?:[)};].*|#.*|\w.*|$)/;
const REDIRECTS_BOTH = /&>|>&(?!\d)|\|&/;
const REDIRECTS_OUTPUT = /(?:^|[^2-9&>])1?>{1,2}\s*[^&\s]|(?:^|[^2-9&>])1?>{1,2}\s*&?\d/;
const REDIRECTS_ERRORS = /2>/;

/**
 * Commands of a shell script that go on in the background, and keep standard output or standard error: an agent waits for both to close, and so for
 * the command. And servers that run in the foreground, which it waits for, too. Rather says nothing than something wrong.
 */
export function leftRunning(script: string): readonly LeftRunning[] {
  if (!isShellScript(script)) return [];
  // The whole script's outputs may go elsewhere; `wait` ends what it starts.
  const isHeld = !/^\s*exec\s+[^#\n]*>/m.test(script) && !/^\s*wait\b/m.test(script);
  return [...shellLines(script)].flatMap((each): LeftRunning[] => {
    const how = isHeld && keepsOutputs(each) ? "background" : runsInForeground(each, script) ? "foreground" : undefined;
    return how === undefined ? [] : [{ line: each.line, command: each.written.slice(0, MAX_COMMAND_CHARACTERS), how }];
  });
}

function keepsOutputs({ command }: ShellLine): boolean {
  const background = IN_BACKGROUND.exec(command);
  if (background === null) return false;
  const started = command.slice(0, background.index);
  // Of a block that ends here the redirection may stand further up.
  if (/^(?:[)}]|done\b|fi\b|esac\b)/.test(started) && !/>/.test(started)) return false;
  if (/^(?:sleep|wait|kill)\b/.test(started)) return false;
  return !(REDIRECTS_BOTH.test(started) || (REDIRECTS_OUTPUT.test(started) && REDIRECTS_ERRORS.test(started)));
}

function runsInForeground({ command, written, isAtTop }: ShellLine, script: string): boolean {
  return isAtTop && !IN_BACKGROUND.test(command) && foregroundCommand(written, script);
}
