import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appSpec, createHostFixture, type HostFixture, tgz } from "../host.fixture.ts";

const PATH = process.env.PATH ?? "";
const OTHER_FILE_SYSTEM = "/dev/shm";

let fixture: HostFixture;
beforeEach(async () => {
  fixture = await createHostFixture();
});
afterEach(async () => {
  process.env.PATH = PATH;
  await fixture.close();
});

test("what its owner puts in the place of a destination is not opened to flush the destination", async ({ skip }) => {
  skip(!existsSync(OTHER_FILE_SYSTEM), "needs a second file system");
  skip(statSync(OTHER_FILE_SYSTEM).dev === statSync(join(fixture.root, "..")).dev, "needs a second file system");
  const base = mkdtempSync(join(OTHER_FILE_SYSTEM, "sluice-flush-"));
  try {
    const destination = join(base, "installed");
    const programs = join(base, "bin");
    mkdirSync(programs);
    mkdirSync(destination);
    // In the place of `sync -f`: at that moment the destination has become a pipe.
    const sync = `#!/bin/sh
      [ -d ${destination} ] && mv ${destination} ${destination}.away && mkfifo ${destination}
      for path; do [ -p "$path" ] && echo "pipe $path" >> ${base}/flushed; done
      [ -d "$3/sub" ] && echo "the destination" >> ${base}/flushed
      exit 0`;
    writeFileSync(join(programs, "sync"), sync);
    chmodSync(join(programs, "sync"), 0o755);
    fixture.bundle = tgz({ "appspec.yml": appSpec(destination), "app/a": "a", "app/sub/b": "b" });
    expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
    process.env.PATH = `${programs}${delimiter}${PATH}`;
    expect(await fixture.run("Install")).toMatchObject({ errorCode: 0 });
    expect(readFileSync(join(base, "flushed"), "utf8")).toBe("the destination\n");
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});
