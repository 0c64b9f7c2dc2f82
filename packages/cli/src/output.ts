import { visibleJson, visibleText } from "@sluice/model/visible-text.ts";

/**
 * The one door through which the command line speaks to a terminal (output-door.test.ts keeps it the only one). What hosts and other people
 * wrote may be in any text, so every text is made harmless here: see visible-text.ts.
 */

/** A line, or several, on standard output. */
export function print(text: string): void {
  process.stdout.write(`${visibleText(text)}\n`);
}

/** A line, or several, on standard error. */
export function printError(text: string): void {
  process.stderr.write(`${visibleText(text)}\n`);
}

/** A value for programs: times in ISO 8601, as the AWS CLI prints them. */
export function printJson(value: unknown): void {
  process.stdout.write(`${visibleJson(JSON.stringify(value, undefined, 2))}\n`);
}

/** The same in one line, for a stream of values. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${visibleJson(JSON.stringify(value))}\n`);
}

/** Bytes as they are, for a program or a file. The caller has made sure that no terminal gets what a host wrote. */
export function printRaw(text: string): void {
  process.stdout.write(text);
}

/** Draws over the last drawing of `previousRows` lines. The lines are harmless already: they hold colours. */
export function drawLines(lines: readonly string[], previousRows: number): void {
  const up = previousRows > 0 ? `\u001b[${previousRows}A` : "";
  process.stdout.write(`${up}\r${lines.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`);
}

export function showCursor(isShown: boolean): void {
  process.stdout.write(isShown ? "\u001b[?25h" : "\u001b[?25l");
}

/** Where the command line's parser writes its help and its complaints, which quote what was typed. */
export const PARSER_OUTPUT = {
  writeOut: (text: string) => process.stdout.write(visibleText(text)),
  writeErr: (text: string) => process.stderr.write(visibleText(text)),
};

/** Calls back when nobody reads the output any more, or it cannot be written. */
export function onOutputError(listener: (error: NodeJS.ErrnoException, isTerminal: boolean) => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    const isTerminal = stream.isTTY === true;
    stream.on("error", (error) => listener(error, isTerminal));
  }
}
