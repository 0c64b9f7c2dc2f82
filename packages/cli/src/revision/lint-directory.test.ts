import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CommandFailed } from "../command-failed.ts";
import { bundleDirectory } from "./bundle-directory.ts";
import { checkBeforeUpload, lintDirectory } from "./lint-directory.ts";

const HEAD = "version: 0.0\nos: linux\n";
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-lint-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true });
});

async function put(path: string, content: string, mode = 0o755): Promise<void> {
  await mkdir(join(directory, path, ".."), { recursive: true });
  await writeFile(join(directory, path), content);
  await chmod(join(directory, path), mode);
}

const checksOf = async () => (await lintDirectory(directory)).findings.map(({ check, line }) => `${check} ${line}`);

it("holds the AppSpec against what is in the directory: scripts, their first lines and modes, links, sources", async () => {
  await put(
    "appspec.yml",
    `${HEAD}files:\n  - source: build\n    destination: /x\n  - source: linked\n    destination: /y\nhooks:
  BeforeInstall:\n    - location: scripts/windows.sh\n  AfterInstall:\n    - location: scripts/plain.sh\n  ValidateService:\n    - location: current/plain.sh\n    - location: gone.sh\n`,
  );
  await put("scripts/windows.sh", "#!/bin/sh\r\n");
  await put("scripts/plain.sh", "#!/bin/sh\n", 0o644);
  await mkdir(join(directory, "empty"));
  await symlink("scripts", join(directory, "current"));
  await symlink("empty", join(directory, "linked"));
  expect(await checksOf()).toEqual([
    "missing-source 4",
    "unusable-script 10",
    "not-executable 12",
    "not-executable 14",
    "missing-script 15",
  ]);
});

it("warns of an option that the AppSpec replaces, in a directory and in an archive (aws-codedeploy-agent, issue 305)", async () => {
  const printed = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await put("appspec.yml", `${HEAD}file_exists_behavior: OVERWRITE\n`);
  const archive = join(directory, "bundle.tgz");
  execFileSync("tar", ["-czf", archive, "-C", directory, "appspec.yml"]);
  for (const path of [directory, archive]) {
    await checkBeforeUpload(path, { fileExistsBehavior: "DISALLOW" });
    expect(printed.mock.calls.join("")).toBe(
      "warning: appspec.yml: its file_exists_behavior: OVERWRITE replaces --file-exists-behavior DISALLOW, which has no effect. Remove one of them.\n",
    );
    printed.mockClear();
    await checkBeforeUpload(path, { fileExistsBehavior: "OVERWRITE" });
    await checkBeforeUpload(path);
  }
  await put("appspec.yml", HEAD);
  await checkBeforeUpload(directory, { fileExistsBehavior: "DISALLOW" });
  expect(printed).not.toHaveBeenCalled();
});

it("warns, and refuses before the upload what every host would refuse", async () => {
  const printed = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await put("appspec.yml", `${HEAD}hooks:\n  AfterInstal:\n    - location: a.sh\n`);
  await checkBeforeUpload(directory);
  expect(printed.mock.calls.join("")).toBe(
    "warning: appspec.yml line 4: AfterInstal is not a lifecycle event, so its scripts never run, and the deployment succeeds without them. Did you mean AfterInstall?\n",
  );
  await put(
    "appspec.yml",
    `${HEAD}hooks:\n  AfterInstall:\n    - location: a.sh\n  ApplicationStart:\n    - location: b.sh\n`,
  );
  const refusal = await checkBeforeUpload(directory).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(CommandFailed);
  expect((refusal as Error).message.split("\n")).toEqual([
    `${directory} was not uploaded, because the deployment would fail:`,
    "  appspec.yml line 5: The script a.sh is not in the bundle: every host fails at AfterInstall. Add it to the bundle, or correct the location.",
    "  appspec.yml line 7: The script b.sh is not in the bundle: every host fails at ApplicationStart, unless an earlier script creates it. Add it to the bundle, or correct the location.",
    "Correct this, or deploy it unchanged with --no-lint.",
  ]);
  await put("appspec.yml", "version: 0.0\nos: linux\n# one\n# two\n files:\n");
  await expect(checkBeforeUpload(directory)).rejects.toThrow(
    "appspec.yml line 5: The application specification file is not valid YAML",
  );
});

it("reads appspec.yaml where there is no appspec.yml, as agents do, and says where else there is one", async () => {
  await put("web/appspec.yaml", `${HEAD}hook: {}\n`);
  await expect(lintDirectory(directory)).rejects.toThrow(`${join(directory, "web")} has one: name that directory`);
  directory = join(directory, "web");
  try {
    expect(await lintDirectory(directory)).toMatchObject({
      fileName: "appspec.yaml",
      findings: [expect.anything(), { check: "unknown-key" }],
    });
    expect((await bundleDirectory(directory)).fileCount).toBe(1);
  } finally {
    directory = join(directory, "..");
  }
});

it("waits for no pipe in the place of the AppSpec", async () => {
  execFileSync("mkfifo", [join(directory, "appspec.yml")]);
  await expect(lintDirectory(directory)).rejects.toThrow("appspec.yml is not a file: put a file in its place");
});

it.each([
  ["web.tgz", "-czf"],
  ["web.tar", "-cf"],
])("checks an archive in the same way: %s", async (name, options) => {
  await put("appspec.yml", `${HEAD}hooks:\n  AfterInstall:\n    - location: gone.sh\n`);
  const archive = join(directory, name);
  execFileSync("tar", [options, archive, "appspec.yml"], { cwd: directory });
  await expect(checkBeforeUpload(archive)).rejects.toThrow(
    `${archive} was not uploaded, because the deployment would fail:\n  appspec.yml line 5: The script gone.sh`,
  );
});
