import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { appSpecRevision, readAppSpecFile } from "./app-spec-file.ts";

const EXAMPLE = `${import.meta.dirname}/../../../../examples/containers/appspec.yml`;
const directory = mkdtempSync(join(tmpdir(), "sluice-app-spec-"));
afterAll(() => rmSync(directory, { recursive: true }));

function fileWith(text: string): string {
  const path = join(directory, "appspec.yaml");
  writeFileSync(path, text);
  return path;
}

it("the example becomes a revision with the task definition that is given", async () => {
  const text = await readAppSpecFile(EXAMPLE, { taskDefinition: "shop:2", lint: true });
  expect(text).toContain("TaskDefinition: shop:2");
  expect(appSpecRevision(text)).toMatchObject({
    revisionType: "AppSpecContent",
    appSpecContent: { content: text, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
});

it("a placeholder is refused, with the option that fills it", async () => {
  await expect(readAppSpecFile(EXAMPLE, { lint: true })).rejects.toThrow(
    /TaskDefinition \(line 7\) is "<TASK_DEFINITION>"[\s\S]*To fill in the task definition: --task-definition FILE/,
  );
  expect(await readAppSpecFile(EXAMPLE, { lint: false })).toContain("<TASK_DEFINITION>");
});

it.each([
  ["version: 0.0\nos: linux\nfiles: []\n", undefined, "os (line 2) belongs to AppSpecs of the compute platform Server"],
  ["version: 0.0\n", "shop:2", "has no TaskDefinition that --task-definition could replace"],
  ["#".repeat(200_000), undefined, "has 200000 bytes, which no AppSpec has"],
])("what is no AppSpec of a service is refused (%#)", async (text, taskDefinition, message) => {
  await expect(readAppSpecFile(fileWith(text), { taskDefinition, lint: true })).rejects.toThrow(message);
});

it("an AppSpec of a function is read by its own grammar", async () => {
  const properties = { Name: "charge", Alias: "live", CurrentVersion: "1", TargetVersion: "2" };
  const resource = { Type: "AWS::Lambda::Function", Properties: properties };
  const text = JSON.stringify({ version: 0.0, Resources: [{ charge: resource }] });
  const read = (platform: "ECS" | "Lambda") => readAppSpecFile(fileWith(text), { platform, lint: true });
  expect(await read("Lambda")).toBe(text);
  await expect(read("ECS")).rejects.toThrow("so write AWS::ECS::Service");
});

it("a file that is not there is named", async () => {
  await expect(readAppSpecFile(join(directory, "absent.yml"), { lint: true })).rejects.toThrow(
    "absent.yml does not exist. Name the AppSpec file",
  );
});
