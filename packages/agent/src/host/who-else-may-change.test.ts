import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OutputPipes } from "./hooks/output-pipes.ts";
import { whoElseMayChange } from "./who-else-may-change.ts";

const isRoot = process.geteuid?.() === 0;
let base: string;
let directory: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "sluice-data-"));
  directory = join(base, "above/agent");
  mkdirSync(directory, { recursive: true });
});
afterEach(() => rmSync(base, { recursive: true }));

test.skipIf(!isRoot)(
  "root's own directory in root's own directories is nobody else's, below a sticky one, too (needs root)",
  () => {
    expect(whoElseMayChange(directory)).toBeUndefined();
  },
);

test.skipIf(!isRoot)(
  "a directory on the way that another user owns, or may write to, is named with its cure (needs root)",
  () => {
    chmodSync(join(base, "above"), 0o777);
    expect(whoElseMayChange(directory)).toBe(
      `users other than root can write to ${join(base, "above")}. Run: chmod go-w ${join(base, "above")}`,
    );
    chmodSync(join(base, "above"), 0o755);
    chownSync(directory, 12_345, 0);
    expect(whoElseMayChange(directory)).toBe(
      `${directory} belongs to the user 12345. Run: chown -R -h root ${directory}`,
    );
    symlinkSync(directory, join(base, "link"));
    expect(whoElseMayChange(join(base, "link"))).toContain(`${directory} belongs to the user 12345`);
  },
);

test.skipIf(!isRoot)(
  "what an agent that ran as another user left below it is named, archives apart (needs root)",
  () => {
    const cure = `Run: chown -R -h root ${directory} && chmod -R go-w ${directory}`;
    const deployment = join(directory, "group/d-1");
    mkdirSync(join(deployment, "deployment-archive"), { recursive: true });
    mkdirSync(join(directory, "deployment-instructions"));
    const pointer = join(directory, "deployment-instructions/group_last_successful_install");
    const record = join(deployment, "archive-attributes.json");
    for (const file of [pointer, record]) writeFileSync(file, "");
    chownSync(join(deployment, "deployment-archive"), 12_345, 0);
    expect(whoElseMayChange(directory)).toBeUndefined();
    for (const file of [pointer, record]) {
      chownSync(file, 12_345, 0);
      expect(whoElseMayChange(directory)).toBe(`${file} belongs to the user 12345. ${cure}`);
      chownSync(file, 0, 0);
      chmodSync(file, 0o666);
      expect(whoElseMayChange(directory)).toBe(`users other than root can write to ${file}. ${cure}`);
      chmodSync(file, 0o644);
    }
  },
);

test.skipIf(!isRoot)(
  "the pipes of an agent that was killed, to which scripts of any user write, are in a directory of root's alone (needs root)",
  async () => {
    const pipes = new OutputPipes(directory);
    const pipe = await pipes.open();
    try {
      expect(whoElseMayChange(directory)).toBeUndefined();
    } finally {
      pipe.release();
      pipes.close();
    }
  },
);
