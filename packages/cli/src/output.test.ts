import { afterEach, expect, test, vi } from "vitest";
import { drawLines } from "./output.ts";

afterEach(() => void vi.restoreAllMocks());

test("a drawing goes over the whole of the last one, also when the terminal has wrapped it since", () => {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  const last = ["a".repeat(100), `\u001b[32m${"b".repeat(40)}\u001b[0m`, ""];
  drawLines(["new"], [], 100);
  drawLines(["new"], last, 100);
  drawLines(["new"], last, 40);
  const drawing = "\rnew\u001b[K\n\u001b[J";
  expect(written).toEqual([drawing, `\u001b[3A${drawing}`, `\u001b[5A${drawing}`]);
});
