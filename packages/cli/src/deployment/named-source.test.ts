import { resolve } from "node:path";
import { expect, it } from "vitest";
import { checkSource, requireOneSource, type SourceOptions, sourceAt } from "./named-source.ts";

const IN_S3 = { revisionType: "S3", s3Location: { bucket: "b", key: "k", bundleType: "zip" } } as const;
const EXAMPLES = resolve(import.meta.dirname, "../../../../examples");

it.each([
  ["appspec.yml", "app-spec"],
  ["build/AppSpec.YAML", "app-spec"],
  ["appspec.json", "app-spec"],
  ["examples/web", "bundle"],
  ["build/web.zip", "bundle"],
])("%s is named as %s", (path, kind) => {
  expect(requireOneSource(path, {})).toEqual({ kind, path });
});

it.each<[string | undefined, SourceOptions, string]>([
  [undefined, {}, "nothing to deploy: give one of PATH, --s3-location, --github-location"],
  ["web", { s3Location: IN_S3 }, "more than one revision to deploy"],
])("one thing is deployed (%s)", (path, options, message) => {
  expect(() => requireOneSource(path, options)).toThrow(message);
});

it.each<[string, "Server" | "ECS" | "Lambda", SourceOptions, string]>([
  ["app/appspec.yml", "Server", {}, "name the directory that contains appspec.yml, here app"],
  ["appspec.yml", "Server", {}, "(compute platform Server): name the directory that contains appspec.yml"],
  ["app", "Server", { taskDefinition: "web:1" }, "--task-definition is for ECS"],
  [`${EXAMPLES}/containers`, "ECS", {}, `name its AppSpec file, here ${EXAMPLES}/containers/appspec.yml`],
  [
    "absent",
    "ECS",
    {},
    "absent is not an AppSpec file, and the group deploys to an ECS service: name its AppSpec file",
  ],
  ["appspec.yml", "ECS", { outdatedOnly: true }, "--outdated-only is for hosts"],
  ["appspec.yml", "ECS", { fileExistsBehavior: "RETAIN" }, "--file-exists-behavior is for hosts"],
  ["appspec.yml", "ECS", { targetTag: [] }, "--target-tag is for hosts"],
  ["absent", "Lambda", {}, "and the group deploys to a Lambda function: name its AppSpec file"],
  ["charge.yml", "Lambda", { outdatedOnly: true }, "--outdated-only is for hosts, and the group deploys to a Lambda"],
  [
    "charge.yml",
    "Lambda",
    { taskDefinition: "web:1" },
    "--task-definition is for ECS, and the group deploys to a Lambda",
  ],
])("%s does not fit %s, and what does is said", async (path, platform, options, message) => {
  await expect(checkSource(sourceAt(path), platform, options)).rejects.toThrow(message);
});

it("a revision that lies elsewhere fits both, without a task definition of the command line", async () => {
  const source = requireOneSource(undefined, { s3Location: IN_S3 });
  await checkSource(source, "ECS", { s3Location: IN_S3 });
  await checkSource(source, "Server", { s3Location: IN_S3 });
  await expect(checkSource(source, "ECS", { taskDefinition: "web:1" })).rejects.toThrow(
    "leave it out, or name the file",
  );
});
