import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGES = [
  "README.md",
  ...["docs/**/*.md", "packages/*/src/**/*.md"].flatMap((pages) => globSync(pages, { cwd: ROOT })),
].sort();
/** Of the house's own files; node_modules, build results and data directories are nobody's to name. */
const TOP_FOLDERS = ["packages", "tests", "scripts", "docs", "bench", "bin", "examples"];
/** In folders of those names, but of a bundle or of another program. */
const FOREIGN = new Set(["scripts/start.sh", "scripts/prepare.sh", "scripts/validate.sh", "bin/python"]);
const PACKAGES = globSync("packages/*", { cwd: ROOT }).map((path) => path.slice("packages/".length));

const files = TOP_FOLDERS.flatMap((folder) =>
  globSync(`${folder}/**/*`, { cwd: ROOT, exclude: (path) => path.endsWith("node_modules") || path.endsWith("dist") }),
);

/** Whether a path of ours ends with these names. */
function endsAPath(names: string): boolean {
  return files.some((file) => file === names || file.endsWith(`/${names}`));
}

/** Patterns as pages write them: `bound-*.ts`, `verbs/<verb>.ts`. */
function matchesAFile(pattern: string): boolean {
  const expression = pattern.replaceAll(/[.+]/g, "\\$&").replaceAll(/\*|<[a-z-]+>/g, "[^/]+");
  const matcher = new RegExp(`(^|/)${expression}$`);
  return files.some((file) => matcher.test(file));
}

/** `server/runner/runner.ts` is short for `packages/server/src/runner/runner.ts`. */
function inFull(path: string): string {
  const [first = "", ...rest] = path.split("/");
  return PACKAGES.includes(first) ? join("packages", first, "src", ...rest) : path;
}

/** Undefined: it is none of ours. */
function isThere(written: string): boolean | undefined {
  if (FOREIGN.has(written)) return undefined;
  const path = written.replace(/^\.\//, "").replace(/\/$/, "");
  const [first = ""] = path.split("/");
  const isWhole = path.includes("/") && (TOP_FOLDERS.includes(first) || PACKAGES.includes(first));
  if (/[*<]/.test(path)) return /\.ts$/.test(path) ? matchesAFile(inFull(path)) : undefined;
  if (isWhole && (path.endsWith(".ts") || !/\.[a-z]+$/.test(path) || TOP_FOLDERS.includes(first))) {
    return existsSync(resolve(ROOT, inFull(path)));
  }
  return path.endsWith(".ts") ? endsAPath(path) : undefined;
}

function missingPaths(page: string): string[] {
  const text = readFileSync(resolve(ROOT, page), "utf8");
  const inProse = text.replaceAll(/^```[\s\S]*?^```/gm, "");
  const missing = pathsIn(inProse).filter((path) => isThere(path) === false);
  return [...new Set([...missing, ...inProse.split("\n").filter(isRow).flatMap(strayNames)])];
}

function pathsIn(text: string): string[] {
  return [...text.matchAll(/`([\w./<>*-]*[\w/>])`/g)].map(([, path = ""]) => path).filter((path) => path !== ".ts");
}

function isRow(line: string): boolean {
  return line.startsWith("| ");
}

/** In a row of a table a name without a folder is a file in the folder of a path that stands before it. */
function strayNames(row: string): string[] {
  const folders: string[] = [];
  return pathsIn(row).filter((path) => {
    if (path.includes("/")) folders.push(path.endsWith(".ts") ? dirname(path) : path.replace(/\/$/, ""));
    if (path.includes("/") || !path.endsWith(".ts") || folders.length === 0) return false;
    return !folders.map((folder) => inFull(join(folder, path))).some(/[*<]/.test(path) ? matchesAFile : endsAPath);
  });
}

function missingLinks(page: string): string[] {
  const text = readFileSync(resolve(ROOT, page), "utf8");
  const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)].map(([, link = ""]) => link);
  return links.filter(
    (link) => !/^[a-z]+:/.test(link) && !existsSync(resolve(ROOT, normalize(join(dirname(page), link)))),
  );
}

describe.each(PAGES)("%s", (page) => {
  it("names only files and folders that exist", () => expect(missingPaths(page)).toEqual([]));
  it("links only to pages that exist", () => expect(missingLinks(page)).toEqual([]));
});

it("the picture of the architecture names rooms and files that exist", () => {
  const [picture = ""] = /^```[\s\S]*?^```/m.exec(readFileSync(resolve(ROOT, "docs/architecture.md"), "utf8")) ?? [];
  const named = [...picture.matchAll(/[a-z]+(?:\/[a-z-]+)+/g)].map(([path]) => path);
  expect(named).not.toEqual([]);
  const isRoomOrFile = (path: string) =>
    [path, `${path}.ts`].some((one) => existsSync(resolve(ROOT, inFull(one))) || endsAPath(one));
  expect(named.filter((path) => !isRoomOrFile(path))).toEqual([]);
});
