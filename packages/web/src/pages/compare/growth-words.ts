import { formatBytes } from "@sluice/model/byte-size.ts";

/** `+1.4 KiB`, `−3.0 MiB`, `the same size`. */
export function growthWords(from: number, to: number): string {
  if (from === to) return "the same size";
  return `${to > from ? "+" : "−"}${formatBytes(Math.abs(to - from))}`;
}
