import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runProgram, type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PLATFORM = `linux-${process.arch === "arm64" ? "arm64" : "x64"}`;

/**
 * A machine that has this one's files, of which nothing that it changes is left: what it changed lies in `up`. It has no systemd, and a process namespace of
 * its own, which ends all that it started.
 */
const MACHINE = `exec 2>&1
set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/up" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
mount -t tmpfs tmpfs "$1/root/run"
mount -t tmpfs tmpfs "$1/root/tmp"
cp "$2" "$1/root/run/steps"
set +e
PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot "$1/root" /bin/sh /run/steps
cd "$1/up"
echo "left:"
find . -type f -o -type l -o -type s
`;

let server: SluiceServer;
let folder: string;

beforeAll(async () => {
  const release = join(ROOT, "release", `sluice-${SLUICE_VERSION}-${PLATFORM}`);
  execFileSync("npm", ["run", "release", "--", "--platform", PLATFORM], { cwd: ROOT, stdio: "ignore" });
  expect(existsSync(release)).toBe(true);
  server = await startSluiceServer({ args: ["--listen", "0.0.0.0:0"] });
  folder = mkdtempSync(join(tmpdir(), "sluice-joined-"));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function onMachine(steps: string): Promise<string> {
  const script = join(folder, "steps");
  writeFileSync(script, steps);
  const machine = join(folder, "machine");
  mkdirSync(machine);
  const { stdout } = await runProgram("unshare", ["-m", "-p", "-f", "sh", "-c", MACHINE, "sh", machine, script]);
  rmSync(machine, { recursive: true });
  return stdout;
}

function makeBundle(): string {
  const bundle = join(folder, "bundle");
  mkdirSync(bundle);
  const hooks = "hooks:\n  AfterInstall:\n    - location: hook.sh\n";
  const files = "files:\n  - source: page\n    destination: /srv/joined\n";
  writeFileSync(join(bundle, "appspec.yml"), `version: 0.0\nos: linux\n${files}${hooks}`);
  writeFileSync(join(bundle, "page"), "deployed\n");
  writeFileSync(join(bundle, "hook.sh"), "#!/bin/sh\ntest -f /srv/joined/page\n");
  chmodSync(join(bundle, "hook.sh"), 0o755);
  return bundle;
}

it("joins by the line that is printed, deploys, takes a new key, joins again as the same host, and leaves nothing", async () => {
  const created = JSON.parse(await server.sluice("token", "create", "--tag", "App=joined", "--json"));
  expect(created.joinCommand).toContain(" --pinnedpubkey sha256//");
  const line = (created.joinCommand as string).replace("| sudo sh", "| sh");
  await server.sluice("applications", "create", "joined");
  await server.sluice("groups", "create", "--application", "joined", "--group", "all", "--tag", "App=joined");
  const wrongPin = line.replace(/sha256\/\/\S+/g, `sha256//${Buffer.alloc(32).toString("base64")}`);
  const steps = `
echo "wrong pin:"; ${wrongPin} 2>&1; ls /usr/local/lib/sluice 2>&1
echo "joined:"; ${line} --name joined-1; echo "exit $?"
sluice agent doctor; echo "doctor $?"
touch /run/joined; while ! [ -e /srv/joined/page ]; do sleep 0.2; done
sluice agent rotate-key; while ! grep "new key" /var/log/sluice-agent.log; do sleep 0.2; done
sluice agent doctor >/run/doctor; echo "doctor $?"
echo "again:"; ${line} --name joined-1; echo "exit $?"
echo "uninstalled:"; ${line.slice(line.indexOf("| sh") + 2)} --uninstall; echo "exit $?"
ps -e -o args | grep -c "[s]luice-agent"
`;
  const machine = onMachine(steps);
  await expect.poll(() => server.sluice("hosts", "list"), { timeout: 300_000 }).toContain("alive");
  const [host] = JSON.parse(await server.sluice("hosts", "list", "--json"));
  await server.sluice("deploy", makeBundle(), "--application", "joined", "--group", "all", "--watch");
  const said = await machine;
  expect(said).toMatch(/wrong pin:\ncurl: \(90\).*\nNo script came\..*\nls: cannot access/);
  expect(said).toMatch(new RegExp(`joined:\njoined-1 \\(${host.hostId}\\) is enrolled at https://.*\n.*\n.*\nexit 0`));
  expect(said.match(/^doctor 0$/gm)).toHaveLength(2);
  expect(said).toContain("the agent uses the host's new key");
  expect(said).toMatch(
    new RegExp(`again:\n.*has no uses left.*\njoined-1 \\(${host.hostId}\\) is a host at https://.*\n.*\n.*\nexit 0`),
  );
  expect(said).toMatch(/uninstalled:\nThe agent of joined-1 \(\S+\) is removed from this host\.\nexit 0\n0\n/);
  expect(said.slice(said.indexOf("left:")).match(/^\.\/.*$/gm)).toEqual(["./srv/joined/page"]);
  expect(await server.sluice("hosts", "list")).toContain("No hosts");
});
