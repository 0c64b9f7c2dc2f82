import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoAwsCli } from "../installation/installed-programs.fixture.ts";
import {
  cleanEnvironment,
  runProgram,
  SLUICE,
  type SluiceServer,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";

/** Debian 12's, which ignores the endpoint in a profile. */
const DEBIAN_AWS = "/usr/bin/aws";
const SHELLS = ["dash", "bash"];

let folder: string;
let server: SluiceServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-e2e-env-"));
  server = await startSluiceServer();
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const shell = (script: string, environment: Record<string, string> = {}, program = "sh") =>
  runProgram(program, ["-c", script], { ...cleanEnvironment(), ...environment });

/** An `aws` that says which version it is, and prints its arguments and the variables that decide where they go. */
function awsOfVersion(version: string): string {
  const directory = join(folder, version);
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, "aws"),
    `#!/bin/sh
case $1 in --version) echo aws-cli/${version} Python/3; exit ;; esac
echo "$*; key $AWS_SHARED_CREDENTIALS_FILE"`,
    { mode: 0o755 },
  );
  return directory;
}

describe("an AWS CLI that ignores endpoint_url in profiles", () => {
  it.each(SHELLS)("is called with the endpoint, and has no key without it, in %s", async (program) => {
    const PATH = `${awsOfVersion("2.12.7")}:${process.env.PATH}`;
    const script = `eval "$("${SLUICE}" env --data "${server.data}")" && aws deploy list-applications --query "a b" && env aws s3 ls`;
    const { stdout, stderr, exitCode } = await shell(script, { PATH }, program);
    expect(exitCode).toBe(0);
    expect(stdout.split("\n")).toEqual([
      `--endpoint-url ${server.url()} deploy list-applications --query a b; key ${server.data}/aws/credentials`,
      "s3 ls; key /dev/null",
      "",
    ]);
    expect(stderr).toContain("2.12.7/aws is version 2.12.7: it ignores endpoint_url in profiles");
    expect(stderr).toContain("at least 1.29.0 or 2.13.0");
  });

  it.each([
    "deploy push --application-name a --s3-location s3://b/c",
    "--output text deploy register --instance-name i",
    "s3 cp s3://a/b s3://c/d --source-region eu-west-1",
  ])("refuses what it would send to AWS in spite of the endpoint: %s", async (command) => {
    const PATH = `${awsOfVersion("2.12.7")}:${process.env.PATH}`;
    const { stdout, stderr, exitCode } = await shell(
      `eval "$("${SLUICE}" env --data "${server.data}")"; aws ${command}`,
      { PATH },
    );
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("aws: this version ignores --endpoint-url for this command");
  });

  it("has a key for the services of a server only", async () => {
    const PATH = `${awsOfVersion("2.12.7")}:${process.env.PATH}`;
    const served = ["deploy", "s3", "s3api", "sts", "iam", "ecs", "elbv2", "lambda"].map(
      (service) => `${service} does`,
    );
    const commands = [...served, "cloudformation deploy --s3-bucket b", "ec2 describe-instances"];
    const { stdout } = await shell(
      `eval "$("${SLUICE}" env --data "${server.data}")"; ${commands.map((command) => `aws ${command}`).join("; ")}`,
      { PATH },
    );
    const keys = stdout
      .trim()
      .split("\n")
      .map((line) => line.split("; key ")[1]);
    expect(keys).toEqual([...served.map(() => `${server.data}/aws/credentials`), "/dev/null", "/dev/null"]);
  });

  it("gets no key by --json, and programs are told how to call it", async () => {
    const PATH = `${awsOfVersion("1.28.0")}:${process.env.PATH}`;
    const { stdout, stderr } = await shell(`"${SLUICE}" env --json --data "${server.data}"`, { PATH });
    expect(JSON.parse(stdout)).toMatchObject({ AWS_PROFILE: "sluice", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" });
    expect(stderr).toContain(`AWS_SHARED_CREDENTIALS_FILE=${server.data}/aws/credentials aws --endpoint-url`);
  });

  it.skipIf(!existsSync(DEBIAN_AWS)).each(SHELLS)("is right with Debian's own in %s", async (program) => {
    const script = `eval "$("${SLUICE}" env --data "${server.data}")" && aws deploy list-applications`;
    const { stdout, exitCode } = await shell(script, { PATH: `/usr/bin:${process.env.PATH}` }, program);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ applications: [] });
  });
});

it("leaves a newer AWS CLI as it is, and takes away what is stronger than the profile", async (context) => {
  context.skip(whyNoAwsCli() !== null, whyNoAwsCli() ?? "");
  const elsewhere = {
    AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    AWS_ENDPOINT_URL_CODEDEPLOY: "http://127.0.0.1:9",
    AWS_ENDPOINT_URL_LAMBDA: "http://127.0.0.1:9",
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_REGION: "eu-central-1",
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
  };
  const { stdout, stderr } = await shell(
    `eval "$("${SLUICE}" env --data "${server.data}")" && aws deploy list-applications`,
    elsewhere,
  );
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({ applications: [] });
  const json = await shell(`"${SLUICE}" env --json --data "${server.data}"`, elsewhere);
  expect(JSON.parse(json.stdout)).toMatchObject({
    AWS_ENDPOINT_URL: null,
    AWS_ENDPOINT_URL_LAMBDA: null,
    SLUICE_DATA: server.data,
  });
});

it("goes on with the directory in SLUICE_DATA, for verbs without --data", async () => {
  const script = `eval "$("${SLUICE}" env --data "${server.data}")" && unset AWS_PROFILE && "${SLUICE}" hosts list`;
  expect((await shell(script)).stdout).toContain("No hosts.");
});

it("names the server in errors of verbs that found it by themselves", async () => {
  const run = (verb: string, variables: Record<string, string>) => shell(`"${SLUICE}" ${verb}`, variables);
  const found = { SLUICE_DATA: server.data };
  const unknown = "ack --application nowhere --group nowhere";
  const { stderr } = await run(unknown, found);
  expect(stderr).toContain("nowhere");
  expect(stderr).toContain(`\nThe server is the one of ${server.data} (SLUICE_DATA); to use another, give --data.\n`);
  expect((await run(`${unknown} --data "${server.data}"`, found)).stderr).not.toContain("The server is the one of");
  const away = { AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_REGION: "us-east-1" };
  const key = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };
  for (const verb of ["hosts list", `backup ${folder}/away.tar`])
    expect((await run(verb, { ...away, ...key })).stderr).toContain(
      "The server is the one of http://127.0.0.1:9 (the AWS environment)",
    );
});

it("does not answer for a server that has ended, or for another one on its port", async () => {
  const ended = join(folder, "ended");
  mkdirSync(join(ended, "aws"), { recursive: true });
  const config = readFileSync(join(server.data, "aws", "config"), "utf8");
  const credentials = readFileSync(join(server.data, "aws", "credentials"), "utf8");
  writeFileSync(join(ended, "aws", "config"), config.replaceAll(server.url(), "http://127.0.0.1:9"));
  writeFileSync(join(ended, "aws", "credentials"), credentials);
  const other = join(folder, "other");
  mkdirSync(join(other, "aws"), { recursive: true });
  writeFileSync(join(other, "aws", "config"), config);
  writeFileSync(join(other, "aws", "credentials"), credentials.replace(/(key_id = ).*/, "$1AKIAAAAAAAAAAAAAAAAA"));
  const answers = await Promise.all(
    [ended, other].map((data) => shell(`eval "$("${SLUICE}" env --data "${data}")" && echo it went on`)),
  );
  expect(answers.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual([
    [1, ""],
    [1, ""],
  ]);
  expect(answers[0]?.stderr).toContain(`no server answers at http://127.0.0.1:9, the address in ${ended} (--data)`);
  expect(answers[0]?.stderr).toContain(`Start it: sluice server --data ${ended}`);
  expect(answers[1]?.stderr).toContain(`another server answers at ${server.url()}: it refuses the key of ${other}`);
});

it("says what its own server says of a clock that is off", async () => {
  const words = "Signature expired: it is 3600 s behind the server. Set the caller's clock.";
  const ahead = createServer((request, response) => {
    request.resume();
    response.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ __type: "InvalidSignatureException", message: words }));
  });
  await new Promise<void>((resolve) => ahead.listen(0, "127.0.0.1", resolve));
  try {
    const data = join(folder, "ahead");
    const endpoint = `http://127.0.0.1:${(ahead.address() as AddressInfo).port}`;
    mkdirSync(join(data, "aws"), { recursive: true });
    const config = readFileSync(join(server.data, "aws", "config"), "utf8");
    writeFileSync(join(data, "aws", "config"), config.replaceAll(server.url(), endpoint));
    writeFileSync(join(data, "aws", "credentials"), readFileSync(join(server.data, "aws", "credentials"), "utf8"));
    const { exitCode, stdout, stderr } = await runProgram(SLUICE, ["env", "--data", data], cleanEnvironment());
    expect([exitCode, stdout]).toEqual([1, "false\n"]);
    expect(stderr).toContain(`the server at ${endpoint} refuses a call with the key of ${data} (--data): ${words}`);
    expect(stderr).not.toContain("another");
  } finally {
    ahead.close();
  }
});
