/** As many bytes of a file are looked at. */
export const FILE_START_BYTES = 256;

/**
 * What a kernel makes of a file's first bytes when it is to run it. `interpreter`: a sound `#!` line. `interpreter-cr`: one that ends with a
 * carriage return, which Linux takes for a part of the interpreter's name or arguments. `byte-order-mark`: of whatever comes behind it Linux
 * sees nothing. `near-interpreter`: a first line that was meant as one. `text-cr`: lines end with a carriage return.
 */
export type FileStart =
  | "interpreter"
  | "interpreter-cr"
  | "byte-order-mark"
  | "near-interpreter"
  | "text"
  | "text-cr"
  | "binary"
  | "empty";

const HASH = 0x23;
const BANG = 0x21;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const BYTE_ORDER_MARKS = [
  [0xef, 0xbb, 0xbf],
  [0xff, 0xfe],
  [0xfe, 0xff],
] as const;
/** `# !/bin/sh`, `#/bin/sh`, `!#/bin/sh`, or blanks before a `#!`. */
const NEAR_INTERPRETER = /^(?:#\s+!\s*\/|#\/(?:usr\/)?bin\/|!#\s*\/|\s+#!\s*\/)/;

export function fileStart(bytes: Uint8Array): FileStart {
  const start = bytes.subarray(0, FILE_START_BYTES);
  if (start.length === 0) return "empty";
  if (BYTE_ORDER_MARKS.some((mark) => mark.every((byte, index) => start[index] === byte))) return "byte-order-mark";
  const end = start.indexOf(LINE_FEED);
  const endsWithReturn = end > 0 && start[end - 1] === CARRIAGE_RETURN;
  if (start[0] === HASH && start[1] === BANG) return endsWithReturn ? "interpreter-cr" : "interpreter";
  if (start.includes(0)) return "binary";
  if (NEAR_INTERPRETER.test(new TextDecoder().decode(start))) return "near-interpreter";
  return endsWithReturn ? "text-cr" : "text";
}
