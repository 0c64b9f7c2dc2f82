import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUSYBOX, type TestEngine } from "./docker-engine.fixture.ts";

export const TEST_IMAGE = "sluice-test/programs:1";

/** A process that is PID 1 gets no signal that it has not asked for: before it writes what somebody may wait for. */
const HEED = "trap 'exit 0' TERM";
const WAIT = `${HEED}\nwhile :; do sleep 3600 & wait $!; done`;

/** What the image can do: the programs of the contract, and some more. */
const PROGRAMS: Readonly<Record<string, string>> = {
  waits: WAIT,
  deaf: "trap '' TERM\nwhile :; do sleep 3600; done",
  ends: 'exit "$1"',
  says: `${HEED}\nfor word; do echo "out $word"; done\necho err >&2\n${WAIT}`,
  well: "exit 0",
  sick: "echo I am sick\nexit 1",
  // Of memory, until there is none. The engine hears of that by a message of the kernel's, which it may miss of a container that ends with it.
  eats: "tail /dev/zero\nstatus=$?\nsleep 10\nexit $status",
  // serves PORT TEXT: answers every request with the text.
  serves: 'mkdir -p /tmp/www && echo "$2" >/tmp/www/index.html && exec httpd -f -p "$1" -h /tmp/www',
  // Prints what a shell command prints, and waits.
  runs: `${HEED}\nsh -c "$1"\n${WAIT}`,
};
const APPLETS = [
  "sh",
  "sleep",
  "tail",
  "httpd",
  "mkdir",
  "echo",
  "cat",
  "id",
  "ls",
  "touch",
  "wget",
  "head",
  "env",
  "hostname",
  "grep",
  "yes",
  "tr",
];

/** @param changes lines of a Dockerfile, for an image that says more of itself */
export async function importTestImage(
  engine: TestEngine,
  image = TEST_IMAGE,
  changes: readonly string[] = [],
): Promise<void> {
  const [repo = "", tag = ""] = image.split(":");
  const query = new URLSearchParams({ fromSrc: "-", repo, tag });
  for (const change of ["ENV PATH=/bin", 'CMD ["waits"]', ...changes]) query.append("changes", change);
  await engine.ask("POST", `/images/create?${query}`, testImageTar());
}

/** The image's one layer. */
export function testImageTar(): Buffer {
  const root = mkdtempSync(join(tmpdir(), "sluice-image-"));
  try {
    for (const folder of ["bin", "tmp", "etc", "data"]) mkdirSync(join(root, folder));
    copyFileSync(BUSYBOX, join(root, "bin", "busybox"));
    for (const applet of APPLETS) symlinkSync("busybox", join(root, "bin", applet));
    for (const [name, script] of Object.entries(PROGRAMS)) {
      writeFileSync(join(root, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    writeFileSync(join(root, "etc", "passwd"), "root:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n");
    return execFileSync("tar", ["-C", root, "--owner=0", "--group=0", "-c", "."], { maxBuffer: 64 * 1024 * 1024 });
  } finally {
    rmSync(root, { recursive: true });
  }
}
