import { expect, it } from "vitest";
import { MAX_PROGRAM_DOWNLOADS, ProgramDownloads } from "./program-downloads.ts";

it("takes a place from the caller with the most, its oldest, and never one from a caller with as few", () => {
  const downloads = new ProgramDownloads();
  const ended: string[] = [];
  const begin = (caller: string, name = caller) => downloads.begin(caller, () => ended.push(name));
  for (let n = 0; n < MAX_PROGRAM_DOWNLOADS; n++) begin("greedy", `greedy ${n}`);
  expect(begin("greedy")).toBeUndefined();
  expect(ended).toEqual([]);
  for (let n = 0; n < MAX_PROGRAM_DOWNLOADS / 2; n++) expect(begin("other")).toBeDefined();
  expect(ended).toHaveLength(MAX_PROGRAM_DOWNLOADS / 2);
  expect(ended.slice(0, 2)).toEqual(["greedy 0", "greedy 1"]);
  // Both have half.
  expect(begin("other")).toBeUndefined();
  expect(begin("third")).toBeDefined();
});

it("gives back the place of a download that is over", () => {
  const downloads = new ProgramDownloads();
  const overs = Array.from({ length: MAX_PROGRAM_DOWNLOADS }, () => downloads.begin("one", () => {}));
  expect(downloads.begin("one", () => {})).toBeUndefined();
  overs[5]?.();
  expect(downloads.begin("one", () => {})).toBeDefined();
  expect(downloads.begin("one", () => {})).toBeUndefined();
});
