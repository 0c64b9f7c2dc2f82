import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readJsonInput, without } from "./json-input.ts";

const shape = CODEDEPLOY_TABLE.CreateDeploymentGroup.input;
let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-json-"));
  file = join(directory, "group.json");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("an input is read in the API's shape, without what the API adds", async () => {
  const input = { serviceRoleArn: "arn", alarmConfiguration: { enabled: true, alarms: [{ name: "errors" }] } };
  writeFileSync(file, JSON.stringify({ ...input, deploymentGroupId: "x" }));
  expect(await readJsonInput(file, shape, (printed) => without(printed, ["deploymentGroupId"]))).toEqual(input);
});

test.each([
  ["[]", "it is not a JSON object"],
  ["{", "it is not JSON: "],
  ['{"serviceRole":"x"}', "the API has no member serviceRole"],
  ['{"ec2TagFilter":[]}', "the API has no member ec2TagFilter: did you mean ec2TagFilters?"],
  [
    '{"alarmConfiguration":{"alarms":[{"nme":"x"}]}}',
    "alarmConfiguration.alarms[0] has no member nme: did you mean name?",
  ],
  ['{"ec2TagFilters":{}}', "ec2TagFilters is an object, but the API expects a list"],
  ['{"ec2TagFilters":[{"Key":1}]}', "ec2TagFilters[0].Key is a number, but the API expects a string"],
  ['{"toString":1}', "the API has no member toString"],
])("%s is refused: %s", async (text, message) => {
  writeFileSync(file, text);
  await expect(readJsonInput(file, shape)).rejects.toThrow(`--from-json ${file}: ${message}`);
});

test("a file that is not there is said not to exist", async () => {
  await expect(readJsonInput(file, shape)).rejects.toThrow(`--from-json ${file}: it does not exist`);
  await expect(readJsonInput(directory, shape)).rejects.toThrow("it is a directory");
});
