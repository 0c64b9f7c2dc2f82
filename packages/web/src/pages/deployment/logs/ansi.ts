import { visibleLine, visibleText } from "@sluice/model/visible-text.ts";

/** A piece of a line in one look. Only ever shown as text. */
export interface AnsiSpan {
  readonly text: string;
  /** 0 to 15: the terminal's colours, of which the page has its own for light and dark. */
  readonly colour?: number | undefined;
  readonly background?: number | undefined;
  readonly isBold?: true | undefined;
  readonly isDim?: true | undefined;
  readonly isItalic?: true | undefined;
  readonly isUnderlined?: true | undefined;
}
type Look = Omit<AnsiSpan, "text">;

const SEQUENCE = new RegExp(
  [
    // Colours and looks (`ESC [ … m`), which are read, and other sequences with parameters.
    "\\x1b\\[([0-9:;<=>?]*)[ -/]*([@-~])",
    // Titles and links (`ESC ] … BEL`), and other strings to the terminal.
    "\\x1b\\][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\|$)",
    "\\x1b[PX^_][^\\x1b]*(?:\\x1b\\\\|$)",
    "\\x1b[ -/]*[0-~]",
    "\\x1b",
  ].join("|"),
  "g",
);
/** No escape: nothing to look for. */
const ESCAPE = "\x1b";
const TAB_WIDTH = 8;
/** What is shown of a line; the file to download has all of it. */
export const MAX_SHOWN_LINE_CHARACTERS = 5_000;

/** A line without colours, and with every other character that is not seen written out, as in `\x07`. */
export function plainText(raw: string): string {
  const last = lastOverwrite(raw);
  return visible(last.includes(ESCAPE) ? last.replace(SEQUENCE, "") : last);
}

/** The whole line without colours, however long: for a file. */
export function wholeText(raw: string): string {
  return visibleText(raw.includes(ESCAPE) ? raw.replace(SEQUENCE, "") : raw);
}

/** The same line in pieces that have their colours. */
export function ansiSpans(raw: string): readonly AnsiSpan[] {
  const text = lastOverwrite(raw);
  if (!text.includes(ESCAPE)) return text === "" ? [] : [{ text: visible(text) }];
  const spans: AnsiSpan[] = [];
  let look: Look = {};
  let from = 0;
  const push = (to: number) => {
    if (to > from) spans.push({ ...look, text: visible(text.slice(from, to)) });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] === "m") look = lookAfter(look, match[1] ?? "");
  }
  push(text.length);
  return spans;
}

/** A carriage return begins the line again, as progress bars do: what was written last is what a terminal shows. */
function lastOverwrite(raw: string): string {
  let to = raw.length;
  while (raw[to - 1] === "\r") to -= 1;
  const from = raw.lastIndexOf("\r", to - 1) + 1;
  const shown = raw.slice(to === 0 ? 0 : from, to);
  if (shown.length <= MAX_SHOWN_LINE_CHARACTERS) return shown;
  const more = shown.length - MAX_SHOWN_LINE_CHARACTERS;
  return `${shown.slice(0, MAX_SHOWN_LINE_CHARACTERS)}… ${more} more characters`;
}

function visible(text: string): string {
  return visibleLine(text.includes("\t") ? text.replaceAll("\t", " ".repeat(TAB_WIDTH)) : text);
}

function lookAfter(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map(Number);
  let next: { -readonly [Key in keyof Look]: Look[Key] } = { ...look };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 0) next = {};
    else if (code === 1) next.isBold = true;
    else if (code === 2) next.isDim = true;
    else if (code === 3) next.isItalic = true;
    else if (code === 4) next.isUnderlined = true;
    else if (code === 22) {
      delete next.isBold;
      delete next.isDim;
    } else if (code === 23) delete next.isItalic;
    else if (code === 24) delete next.isUnderlined;
    else if (code >= 30 && code <= 37) next.colour = code - 30;
    else if (code === 39) delete next.colour;
    else if (code >= 40 && code <= 47) next.background = code - 40;
    else if (code === 49) delete next.background;
    else if (code >= 90 && code <= 97) next.colour = code - 90 + 8;
    else if (code >= 100 && code <= 107) next.background = code - 100 + 8;
    else if (code === 38 || code === 48) {
      const isIndexed = codes[at + 1] === 5;
      const colour = isIndexed ? nearestOfIndex(codes[at + 2] ?? 0) : nearestOf(codes.slice(at + 2, at + 5));
      at += isIndexed ? 2 : 4;
      if (code === 38) next.colour = colour;
      else next.background = colour;
    }
  }
  return next;
}

/** The sixteen colours as terminals have them, to which the others are taken: only these are readable in light and in dark. */
const SIXTEEN: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];
const CUBE_FROM = 16;
const GREY_FROM = 232;
const CUBE_LEVELS = [0, 95, 135, 175, 215, 255] as const;

function nearestOfIndex(index: number): number {
  if (index < CUBE_FROM) return Math.max(0, Math.floor(index) || 0);
  if (index >= GREY_FROM) return nearestOf(Array(3).fill(8 + (index - GREY_FROM) * 10));
  const cube = index - CUBE_FROM;
  return nearestOf([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => CUBE_LEVELS[level] ?? 0));
}

function nearestOf(wanted: readonly number[]): number {
  const distances = SIXTEEN.map((colour) => colour.reduce((sum, part, at) => sum + (part - (wanted[at] || 0)) ** 2, 0));
  return distances.indexOf(Math.min(...distances));
}
