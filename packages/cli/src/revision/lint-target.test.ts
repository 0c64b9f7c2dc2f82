import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyRules, parseRule } from "@sluice/model/lint/severity-rules.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EXIT_USAGE } from "../command-failed.ts";
import { formatLinted, lintedForJson } from "./lint-report.ts";
import { lintPath } from "./lint-target.ts";

const HEAD = "version: 0.0\nos: linux\n";
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-lint-"));
});
afterEach(() => rm(directory, { recursive: true }));

async function put(path: string, content: string | Buffer): Promise<string> {
  const file = join(directory, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, content);
  await chmod(file, 0o755);
  return file;
}
const told = async (path: string) => formatLinted(await lintPath(path)).replaceAll(`${directory}/`, "");

it("says where in which file, how bad, by which check, and what to do; the file's directory is its bundle", async () => {
  const file = await put(
    "appspec.yml",
    `${HEAD}hooks:\n  AfterInstall:\n    - location: a.sh\n      tmeout: 5\n  ValidateService:\n    - location: b.sh\n`,
  );
  await put("a.sh", "#!/bin/sh\n");
  const lines = `appspec.yml:6:7: warning unknown-key: tmeout in hooks.AfterInstall[0] is not read. Did you mean timeout?
appspec.yml:8:7: error missing-script: The script b.sh is not in the bundle: every host fails at ValidateService, unless an earlier script creates it. Add it to the bundle, or correct the location.
appspec.yml: 1 error, 1 warning.`;
  expect(await told(file)).toBe(lines);
  expect(await told(directory)).toBe(lines);
  expect(lintedForJson(await lintPath(directory))).toMatchObject({
    platform: "Server",
    isBundleChecked: true,
    errors: 1,
    warnings: 1,
    notes: 0,
    findings: [{ check: "unknown-key", line: 6, column: 7 }, { check: "missing-script" }],
  });
  execFileSync("tar", ["-cf", "b.tar", "a.sh", "appspec.yml"], { cwd: directory });
  expect(await told(join(directory, "b.tar"))).toBe(lines.replaceAll("appspec.yml", "b.tar/appspec.yml"));
});

it("checks a file of another name alone, and says so", async () => {
  const file = await put("web.yml", `${HEAD}hooks:\n  ValidateService:\n    - location: b.sh\n`);
  expect(await told(file)).toBe(
    "web.yml: no errors. Only the file was checked: name its directory to check the scripts and sources, too.",
  );
});

it.each([
  [
    "ecs.yml",
    "version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n        TaskDefinition: web:1\n        LoadBalancerInfo:\n          ContainerName: web\n          ContainrPort: 80\n",
    "ecs.yml:9:11: error refused: Resources[0].TargetService.Properties.LoadBalancerInfo.ContainrPort is not known here: did you mean ContainerPort? Known are ContainerName, ContainerPort.",
  ],
  [
    "lambda.json",
    '{"version": 0.0, "Resources": [{"f": {"Properties":\n  {"Name": "f", "Alias": "live", "CurrentVersion": "1", "TargetVersion": "2"}}}]}',
    "lambda.json:1:38: error refused: Resources[0].f.Type is missing: write AWS::Lambda::Function.",
  ],
  [
    "broken.yml",
    "version: 0.0\nResources:\n  - TargetService:\n    Type: AWS::ECS::Service\n   Properties: 1\n",
    "broken.yml:5:4: error refused: The AppSpec is not valid YAML or JSON: ",
  ],
])("knows an AppSpec for ECS or Lambda by what is in it: %s", async (name, text, line) => {
  expect(await told(await put(name, text))).toContain(line);
});

it.each([
  [
    "hooks:\n  AfterInstall:\n    location: a.sh\n",
    "Is the dash missing? Each script begins with one: - location: SCRIPT.",
  ],
  ["hooks:\n  - AfterInstall:\n", "Remove the dash before each event"],
  ["hooks:\n\tAfterInstall:\n", "Indent with spaces"],
  ["file_exists_behavior: overwrite\n", "such as file_exists_behavior: OVERWRITE"],
])("says what was probably meant where the agents' words do not: %j", async (text, hint) => {
  expect(await told(await put("appspec.yml", HEAD + text))).toContain(hint);
});

it("sees what an editor left, and a service that keeps the hook's outputs, in a directory and in archives", async () => {
  const file = await put("appspec.yml", `\ufeff# x\r\n${HEAD}hooks:\n  ValidateService:\n    - location: a.sh\n`);
  await put("a.sh", "#!/bin/sh\nnode server.js &\n");
  const archive = join(directory, "b.tar");
  execFileSync("tar", ["-cf", archive, "a.sh", "appspec.yml"], { cwd: directory });
  for (const path of [file, archive]) {
    expect((await lintPath(path)).findings.map(({ check, line }) => `${check} ${line}`)).toEqual([
      "byte-order-mark 1",
      "line-ends 1",
      "left-running 6",
    ]);
  }
});

it("lets nothing that a bundle wrote reach the terminal as it is", async () => {
  const file = await put("appspec.yml", `${HEAD}"hoo\\e[31mks": 1\nhooks:\n  "A\\nb\\u202e": [{location: a}]\n`);
  expect(await told(file)).not.toMatch(/(?![\n])[\p{C}]/u);
});

it("fails with the status of a wrong command line where nothing can be checked", async () => {
  execFileSync("mkfifo", [join(directory, "pipe.yml")]);
  for (const path of ["nope", "pipe.yml", "."]) {
    await expect(lintPath(join(directory, path))).rejects.toMatchObject({ exitStatus: EXIT_USAGE });
  }
});

it("says nothing of a tar that is too large, without reading it", async () => {
  const archive = join(directory, "large.tar");
  await writeFile(archive, "");
  // More than can be read at once.
  await truncate(archive, 3 * 1024 ** 3);
  expect(await told(archive)).toBe("large.tar: not checked: it has more than 536870912 bytes.");
});

it("gives a check the level that a rule says, and knows the names of checks", async () => {
  const { findings } = await lintPath(await put("web.yml", HEAD));
  expect(findings).toMatchObject([{ check: "no-validation", severity: "note" }]);
  expect(applyRules(findings, { "no-validation": "error" })).toMatchObject([{ severity: "error" }]);
  expect(applyRules(findings, { "no-validation": "off", mode: "error" })).toEqual([]);
  expect(parseRule("no-validation=off")).toEqual({ check: "no-validation", level: "off" });
  expect(parseRule("no-validate=off")).toContain("did you mean no-validation?");
  expect(parseRule("mode=of")).toContain("write mode=off");
});
