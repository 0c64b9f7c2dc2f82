/** A command line of a shell script. */
export interface ShellLine {
  /** Of its first line in the script, counted from 1. */
  readonly line: number;
  readonly written: string;
  /** What is written, with `""` in the place of quoted texts. */
  readonly command: string;
  /** Not in a function, a subshell or a branch. */
  readonly isAtTop: boolean;
}

const SHELL = /^#!\s*\S*(?:\/|\s)(?:ba|da|k|z|a)?sh\b|^(?!#!)/;
const HERE_DOCUMENT = /<<-?\s*["']?(\w+)/;
const QUOTED = /'[^']*'|"(?:\\.|[^"\\])*"/g;
const OPENS = /(?:[({]|\b(?:then|do|in|else))$/;
const CLOSES = /^(?:[)}]|fi\b|done\b|esac\b|el(?:se|if)\b)/;

export function isShellScript(script: string): boolean {
  return SHELL.test(script);
}

/** Lines with what continues them, without comments, here-documents and texts of several lines. By lines, not by the shell's grammar. */
export function* shellLines(script: string): Generator<ShellLine> {
  const lines = script.split("\n");
  let hereDocumentEnd: string | undefined;
  let openQuote: string | undefined;
  let depth = 0;
  for (let at = 0; at < lines.length; at++) {
    const first = at;
    let line = lines[at] ?? "";
    if (hereDocumentEnd !== undefined) {
      if (line.trim() === hereDocumentEnd) hereDocumentEnd = undefined;
      continue;
    }
    if (openQuote !== undefined) {
      if (line.includes(openQuote)) openQuote = undefined;
      continue;
    }
    while (line.endsWith("\\") && at + 1 < lines.length) line = `${line.slice(0, -1)} ${(lines[++at] ?? "").trim()}`;
    hereDocumentEnd = HERE_DOCUMENT.exec(line)?.[1];
    const written = line.trim();
    const command = line.replaceAll(QUOTED, '""').trim();
    if (command === "" || command.startsWith("#")) continue;
    openQuote = /^[^#]*?(["'])(?!\1)/.exec(command.replaceAll('""', ""))?.[1];
    if (CLOSES.test(command)) depth = Math.max(0, depth - 1);
    yield { line: first + 1, written, command, isAtTop: depth === 0 };
    if (OPENS.test(command)) depth += 1;
  }
}
