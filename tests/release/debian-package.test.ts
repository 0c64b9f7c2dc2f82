import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import { loadConfig } from "@sluice/server/bindings/compose-drivers.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { debianPackage, packageFiles } from "../../scripts/release/debian-package.ts";
import { PLATFORMS } from "../../scripts/release/platform.ts";
import { run } from "../../scripts/release/run.ts";
import { isInstalled } from "../installation/installed-programs.fixture.ts";

const PACKAGING = resolve(import.meta.dirname, "../../packaging");
const TIME = 1_700_000_000;
const hasDpkg = isInstalled("dpkg-deb", "--version");
const folder = mkdtempSync(join(tmpdir(), "sluice-package-"));
const file = join(folder, "sluice.deb");

async function makePackage(): Promise<Buffer> {
  const [platform] = PLATFORMS;
  if (platform === undefined) throw new Error("there are no platforms");
  const files = await packageFiles({ "sbom.cdx.json": "{}" }, TIME);
  const program = { content: "#!/bin/sh\necho the program\n", mode: 0o755 };
  return debianPackage({ ...files, "usr/bin/sluice": program }, platform, TIME);
}

beforeAll(async () => writeFileSync(file, await makePackage()));
afterAll(() => rmSync(folder, { recursive: true }));

it("is the same each time", async () => {
  expect((await makePackage()).equals(readFileSync(file))).toBe(true);
});

it.skipIf(!hasDpkg)("is one that dpkg reads, with files of root that nobody else may write", () => {
  expect(run("dpkg-deb", ["--field", file, "Package", "Version", "Architecture"])).toBe(
    `Package: sluice\nVersion: ${SLUICE_VERSION}\nArchitecture: amd64\n`,
  );
  const lines = run("dpkg-deb", ["--contents", file]).trim().split("\n");
  const found = Object.fromEntries(lines.map((line) => [line.split(/\s+/).slice(5).join(" "), line.slice(0, 14)]));
  expect(found).toMatchObject({
    "./etc/default/sluice-agent": "-rw-r--r-- 0/0",
    "./etc/default/sluice-server": "-rw-r--r-- 0/0",
    "./etc/sluice/sluice.yml": "-rw-r--r-- 0/0",
    "./usr/bin/sluice": "-rwxr-xr-x 0/0",
    "./usr/lib/systemd/system/sluice-agent.service": "-rw-r--r-- 0/0",
    "./usr/lib/systemd/system/sluice-server.service": "-rw-r--r-- 0/0",
    "./usr/share/doc/sluice/copyright": "-rw-r--r-- 0/0",
    "./usr/share/doc/sluice/examples/isolated-functions.conf": "-rw-r--r-- 0/0",
  });
  expect(Object.values(found).filter((access) => !/^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x) 0\/0$/.test(access))).toEqual(
    [],
  );
});

it.skipIf(!hasDpkg)("keeps what its administrator wrote: every file in /etc is a conffile", () => {
  const inEtc = run("dpkg-deb", ["--contents", file]).match(/\/etc\/.*[^/\n]$/gm);
  expect(run("dpkg-deb", ["--info", file, "conffiles"]).trim().split("\n")).toEqual(inEtc);
});

it.each(["postinst", "prerm", "postrm"])("%s is a script that a shell reads, and ends at a failure", (name) => {
  expect(run("sh", ["-n", join(PACKAGING, "debian", name)])).toBe("");
  expect(readFileSync(join(PACKAGING, "debian", name), "utf8")).toMatch(/^#!\/bin\/sh\nset -e\n/);
});

it.skipIf(!isInstalled("systemd-analyze", "--version"))(
  "its units and the drop-in are without a fault to systemd",
  () => {
    const dropIns = join(folder, "sluice-server.service.d");
    mkdirSync(dropIns);
    copyFileSync(join(PACKAGING, "systemd/isolated-functions.conf"), join(dropIns, "isolated-functions.conf"));
    const units = ["sluice-agent.service", "sluice-server.service"].map((name) => {
      const text = readFileSync(join(PACKAGING, "systemd", name), "utf8");
      const path = join(folder, name);
      // It looks whether the program is there.
      writeFileSync(path, text.replace("/usr/bin/sluice", "/bin/true"));
      return path;
    });
    expect(run("systemd-analyze", ["verify", ...units])).toBe("");
  },
);

it("its sluice.yml is valid, and so is each example in it", async () => {
  const text = readFileSync(join(PACKAGING, "etc/sluice.yml"), "utf8");
  const path = join(folder, "sluice.yml");
  writeFileSync(path, text);
  expect((await loadConfig(path)).bindings).toEqual([]);
  const examples = text.match(/^# {3}- \{ .* \}$/gm)?.map((line) => line.slice(2)) ?? [];
  writeFileSync(path, `bindings:\n${examples.join("\n")}\n`);
  expect((await loadConfig(path)).bindings.map(({ driver }) => driver)).toEqual([
    "haproxy",
    "docker",
    "functions",
    "functions",
  ]);
});
