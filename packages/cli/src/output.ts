import { stripVTControlCharacters } from "node:util";
import { visibleJson, visibleText } from "@sluice/model/visible-text.ts";

export const COLUMNS_DEFAULT = 80;

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

/**
 * Draws over the last drawing. The lines are harmless already: they hold colours.
 * @param columns of the terminal now: when it becomes narrower, it wraps lines of the last drawing
 */
export function drawLines(lines: readonly string[], previous: readonly string[], columns: number): void {
  const rows = previous.reduce((sum, line) => sum + rowsOf(line, columns), 0);
  const up = rows > 0 ? `\u001b[${rows}A` : "";
  process.stdout.write(`${up}\r${lines.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`);
}

function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns));
}

/** How wide a stream's terminal is; undefined where it is none. */
export function columnsOf(stream: "stdout" | "stderr"): number | undefined {
  const { isTTY, columns } = process[stream];
  // A terminal that nobody has told its size says 0.
  return isTTY ? columns || COLUMNS_DEFAULT : undefined;
}

/** Calls back when the terminal gets another size. @returns what ends that */
export function onResize(listener: () => void): () => void {
  process.stdout.on("resize", listener);
  return () => process.stdout.off("resize", listener);
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
