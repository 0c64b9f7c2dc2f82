import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const FIXTURE = new URL("./start-without-files.fixture.ts", import.meta.url).pathname;

it("says that there is no file left for a process, and leaves nothing behind", async () => {
  const limited = ["-c", 'ulimit -n 64 && exec "$0" "$@"', process.execPath, FIXTURE];
  const { stdout } = await promisify(execFile)("/bin/sh", limited);
  expect(stdout).toBe("begins\nspawn true EMFILE\nthe group is removed\n");
});
