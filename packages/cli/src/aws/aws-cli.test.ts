import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { awsCliOnPath, readsEndpoints, versionIn } from "./aws-cli.ts";
import { strongerThanProfile } from "./aws-environment.ts";

test.each([
  ["aws-cli/2.9.19 Python/3.11.2 Linux/6.1 source/x86_64.debian.12 prompt/off", "2.9.19"],
  ["\naws-cli/1.14.44 Python/3.6.9 Linux/4.15 botocore/1.8.48", "1.14.44"],
  ["pyenv: aws: command not found", undefined],
])("the version in %j is %s", (output, version) => {
  expect(versionIn(output)).toBe(version);
});

test.each([
  ["1.28.85", false],
  ["1.29.0", true],
  ["1.45.11", true],
  ["2.9.19", false],
  ["2.12.7", false],
  ["2.13.0", true],
  ["2.31.2", true],
  ["3.0.0", true],
  ["0.9.0", false],
])("AWS CLI %s reads endpoints: %s", (version, expected) => {
  expect(readsEndpoints(version)).toBe(expected);
});

test("the first program on the PATH counts, and one that does not say its version is taken for an old one", async () => {
  const root = mkdtempSync(join(tmpdir(), "sluice-aws-cli-"));
  const program = (name: string, text: string, mode = 0o755) => {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, "aws"), `#!/bin/sh\n${text}\n`);
    chmodSync(join(root, name, "aws"), mode);
    return join(root, name);
  };
  const plain = program("plain", "", 0o644);
  const old = program("old", "echo aws-cli/2.9.19 Python/3 >&2");
  const odd = program("odd", "exit 3");
  try {
    expect(await awsCliOnPath(`${plain}:${old}:${odd}`)).toEqual({
      path: join(old, "aws"),
      version: "2.9.19",
      readsEndpoints: false,
    });
    expect(await awsCliOnPath(odd)).toMatchObject({ version: undefined, readsEndpoints: false });
    expect(await awsCliOnPath(plain)).toBeUndefined();
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("variables that tools put before a profile are found, and others are let be", () => {
  const environment = { AWS_ENDPOINT_URL_S3: "x", AWS_REGION: "", AWS_PAGER: "", AWS_PROFILE: "prod", HOME: "/" };
  expect(strongerThanProfile(environment)).toEqual(["AWS_ENDPOINT_URL_S3", "AWS_REGION"]);
});
