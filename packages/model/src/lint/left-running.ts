/** A command that a script leaves running with the script's own outputs. */
export interface LeftRunning {
  /** In the script, counted from 1. */
  readonly line: number;
  readonly command: string;
}

/** Scripts of people have a few hundred lines; more is not gone through. */
export const SCRIPT_BYTES = 16 * 1024;
const MAX_COMMAND_CHARACTERS = 60;
const SHELL = /^#!\s*\S*(?:\/|\s)(?:ba|da|k|z|a)?sh\b|^(?!#!)/;
/** `&` at the end, and no `&&`; what follows may be a comment or the next command. */
const IN_BACKGROUND = /(?<![&>|<])&(?![&>\d])\s*(?:[)};].*|#.*|\w.*|$)/;
const REDIRECTS_BOTH = /&>|>&(?!\d)|\|&/;
const REDIRECTS_OUTPUT = /(?:^|[^2-9&>])1?>{1,2}\s*[^&\s]|(?:^|[^2-9&>])1?>{1,2}\s*&?\d/;
const REDIRECTS_ERRORS = /2>/;

/**
 * Commands of a shell script that go on in the background, and keep standard output or standard error: an agent waits for both to close, and so for
 * the command. Looks at lines, not at the shell's grammar, and rather says nothing than something wrong.
 */
export function leftRunning(script: string): readonly LeftRunning[] {
  if (!SHELL.test(script)) return [];
  const found: LeftRunning[] = [];
  let hereDocumentEnd: string | undefined;
  // The whole script's outputs may go elsewhere.
  if (/^\s*exec\s+[^#\n]*>/m.test(script)) return [];
  const lines = script.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const first = at;
    let line = lines[at] ?? "";
    if (hereDocumentEnd !== undefined) {
      if (line.trim() === hereDocumentEnd) hereDocumentEnd = undefined;
      continue;
    }
    while (line.endsWith("\\") && at + 1 < lines.length) line = `${line.slice(0, -1)} ${(lines[++at] ?? "").trim()}`;
    hereDocumentEnd = /<<-?\s*["']?(\w+)/.exec(line)?.[1];
    const command = line.replaceAll(/'[^']*'|"(?:\\.|[^"\\])*"/g, '""').trim();
    if (command.startsWith("#")) continue;
    const background = IN_BACKGROUND.exec(command);
    if (background === null) continue;
    const started = command.slice(0, background.index);
    // Of a block that ends here the redirection may stand further up; `wait` ends what it starts.
    if (/^(?:[)}]|done\b|fi\b|esac\b)/.test(started) && !/>/.test(started)) continue;
    if (/^(?:sleep|wait|kill)\b/.test(started)) continue;
    const isRedirected =
      REDIRECTS_BOTH.test(started) || (REDIRECTS_OUTPUT.test(started) && REDIRECTS_ERRORS.test(started));
    if (isRedirected) continue;
    found.push({ line: first + 1, command: line.trim().slice(0, MAX_COMMAND_CHARACTERS) });
  }
  return /^\s*wait\b/m.test(script) ? [] : found;
}
