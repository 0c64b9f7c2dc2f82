import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parseFileMode } from "@sluice/model/app-spec/file-mode.ts";
import { permissionRule } from "@sluice/model/app-spec/install-values.ts";
import { expect, test } from "vitest";
import { cleanupEntries } from "./cleanup.ts";
import { Folders } from "./folders.ts";
import { InstallPlan } from "./install-plan.ts";
import { permissionSteps, planPermissions } from "./permission-plan.ts";
import { readSources } from "./source-tree.ts";

const DIRECTORIES = 40;
const FILES_EACH = 100;
/** A name, a step and their places in lists; a path alone takes more than half of it, and a status twice as much. */
const MAX_BYTES_A_FILE = 320;

const EVERY_FILE = { pattern: "**", except: [], type: ["file"], group: null, acls: null, context: null } as const;

test("a plan holds a name and a few words for each file, and neither paths nor statuses, also where permissions reach every file", async () => {
  const base = mkdtempSync(join(tmpdir(), "sluice-plan-"));
  const archive = join(base, "archive-of-a-deployment-with-a-long-name", "deployment-archive");
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const folders = new Folders();
  try {
    for (let one = 0; one < DIRECTORIES; one += 1) {
      const directory = join(archive, `app/node_modules/package-${one}/lib/internal/modules`);
      mkdirSync(directory, { recursive: true });
      for (let file = 0; file < FILES_EACH; file += 1) writeFileSync(join(directory, `module-file-${file}.js`), "");
    }
    collect();
    const before = process.memoryUsage().heapUsed;
    const plan = new InstallPlan("DISALLOW", folders);
    const destination = join(base, "installed");
    const { sources } = await readSources(archive, [{ source: "/app", destination }], "KEEP");
    for (const source of sources) plan.addFiles(source);
    const all = permissionRule({ object: destination, mode: parseFileMode("0640"), owner: "root", ...EVERY_FILE });
    planPermissions([all], plan);
    collect();
    const bytes = process.memoryUsage().heapUsed - before;
    expect(plan.steps.filter((step) => step.type === "copy")).toHaveLength(DIRECTORIES * FILES_EACH);
    expect([...permissionSteps([all], plan)]).toHaveLength(2 * DIRECTORIES * FILES_EACH);
    expect(bytes / (DIRECTORIES * FILES_EACH)).toBeLessThan(MAX_BYTES_A_FILE);
  } finally {
    folders.close();
    rmSync(base, { recursive: true });
  }
});

test("a cleanup list is read from either end, one line at a time, without what a crash cut", () => {
  const list = Buffer.from("/a\nsemanage\0/x\nnot a path\n\n/b ä\n/c\n/cut");
  expect([...cleanupEntries(list)]).toEqual(["/a", "semanage\0/x", "/b ä", "/c"]);
  expect([...cleanupEntries(list, "newestFirst")]).toEqual(["/c", "/b ä", "semanage\0/x", "/a"]);
  for (const text of ["", "/cut", "\n", "\n\n"])
    expect([...cleanupEntries(Buffer.from(text), "newestFirst")]).toEqual([]);
});
