import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const PAGE = readFileSync(resolve(import.meta.dirname, "../../docs/walks.md"), "utf8");
/** `| what happens | its files |` under each heading that is a walk. */
const WALKS = PAGE.split("\n## ")
  .slice(1)
  .map((section) => ({ title: section.split("\n")[0] ?? "", hops: section.split("\n").filter(isHop) }))
  .filter(({ title }) => title.startsWith("From "));

function isHop(line: string): boolean {
  return line.startsWith("| ") && !line.startsWith("| hop");
}

/** In their order. A name without a folder is in the folder of the path before it. */
function filesOf(hops: readonly string[]): string[] {
  return hops.flatMap((hop) => {
    let folder = "";
    return [...(hop.split("|")[2] ?? "").matchAll(/`([^`]+\.ts)`/g)].map(([, path = ""]) => {
      if (path.includes("/")) folder = dirname(path);
      return path.includes("/") ? path : join(folder, path);
    });
  });
}

describe.each(WALKS)("$title", ({ hops }) => {
  it("names a file at each hop", () => expect(hops.filter((hop) => filesOf([hop]).length === 0)).toEqual([]));

  it("visits no file twice", () => {
    const files = filesOf(hops);
    expect(files.filter((file, index) => files.indexOf(file) < index)).toEqual([]);
  });
});

it("there are three walks", () => expect(WALKS).toHaveLength(3));
