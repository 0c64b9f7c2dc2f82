import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  ResourceConflictException,
  ResourceNotFoundException,
  UpdateAliasCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasAwsCli, hasBoto3 } from "../installation/installed-programs.fixture.ts";
import { runProgram, type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { RawCaller } from "./raw-caller.fixture.ts";

/** Functions that plain AWS tools create, weight and invoke, in processes of this machine. */
const HANDLER = `exports.handler = async (event) => {
  if (event.fail) throw new Error("no such charge");
  return { event, version: process.env.AWS_LAMBDA_FUNCTION_VERSION, stage: process.env.STAGE };
};`;
const ZIP = zipOf({ "index.js": HANDLER });
const FUNCTIONS = "/2015-03-31/functions";

let folder: string;
let zipFile: string;
let server: SluiceServer;
let raw: RawCaller;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-lambda-"));
  const config = join(folder, "sluice.yml");
  zipFile = join(folder, "code.zip");
  writeFileSync(zipFile, ZIP);
  writeFileSync(
    config,
    'bindings:\n  - { match: "*", port: function-alias, driver: functions, settings: { isolation: none } }\n',
  );
  server = await startSluiceServer({ args: ["--config", config] });
  raw = new RawCaller(server);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

it("the SDK for JavaScript creates, publishes, weights and invokes, and meets typed errors", async () => {
  const { url, accessKeyId, secretAccessKey } = raw;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new LambdaClient({ endpoint: url.origin, region: "us-east-1", credentials });
  const FunctionName = "sdk";
  const create = new CreateFunctionCommand({
    FunctionName,
    Role: "arn:aws:iam::111122223333:role/sdk",
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Code: { ZipFile: ZIP },
  });
  const made = await client.send(create);
  const waiting = { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
  expect((await waitUntilFunctionActiveV2(waiting, { FunctionName })).state).toBe("SUCCESS");
  expect((await waitUntilFunctionUpdatedV2(waiting, { FunctionName })).state).toBe("SUCCESS");
  await client.send(new PublishVersionCommand({ FunctionName }));
  await client.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
  const Payload = Buffer.from('{"text":"ä"}');
  const answer = await client.send(new InvokeCommand({ FunctionName, Qualifier: "live", Payload }));
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: "1" });
  expect(JSON.parse(answer.Payload!.transformToString())).toEqual({ event: { text: "ä" }, version: "1" });
  const { Code } = await client.send(new GetFunctionCommand({ FunctionName: made.FunctionArn }));
  const download = await fetch(Code!.Location!);
  expect(Buffer.from(await download.arrayBuffer()).equals(ZIP)).toBe(true);
  await expect(client.send(create)).rejects.toThrow(ResourceConflictException);
  const toNone = new UpdateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "9" });
  await expect(client.send(toNone)).rejects.toThrow(ResourceNotFoundException);
  await client.send(new DeleteFunctionCommand({ FunctionName }));
  await expect(client.send(new InvokeCommand({ FunctionName }))).rejects.toThrow(ResourceNotFoundException);
});

it("boto3 and its waiters", async (context) => {
  context.skip(!hasBoto3(), "python3 has no boto3: pip install boto3");
  const script = join(import.meta.dirname, "lambda-boto3.py");
  const { stdout, stderr, exitCode } = await runProgram("python3", [script, zipFile], await server.environment());
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({
    version: "1",
    answer: { event: { a: "ä" }, version: "2", stage: "two" },
    executed: "2",
    log: 1,
    failed: ["Unhandled", "no such charge"],
    event: 202,
    dry: 204,
    pages: [["$LATEST", "1"], ["2"]],
    tags: { team: "a&b <c>" },
    again: ["ResourceConflictException", 409],
    "no such function": ["ResourceNotFoundException", 404],
    "no such version": ["ResourceNotFoundException", 404],
    stale: ["PreconditionFailedException", 412],
    "no zip": ["InvalidParameterValueException", 400],
    "not json": ["InvalidRequestContentException", 400],
    refused: ["InvalidParameterValueException", 400],
    "not served": ["UnknownOperationException", 404],
    "in use": ["ResourceConflictException", 409],
    gone: ["ResourceNotFoundException", 404],
  });
});

it("the AWS CLI, with code from the bucket", async (context) => {
  context.skip(!hasAwsCli(), "there is no AWS CLI");
  const lambda = async (...args: readonly string[]) => {
    const text = await server.aws("lambda", ...args);
    return text.trim() === "" ? {} : JSON.parse(text);
  };
  const named = ["--function-name", "cli"];
  await server.aws("s3", "mb", "s3://artifacts");
  await server.aws("s3", "cp", zipFile, "s3://artifacts/code.zip");
  const role = ["--role", "arn:aws:iam::111122223333:role/cli", "--handler", "index.handler"];
  const from = ["--code", "S3Bucket=artifacts,S3Key=code.zip", "--publish"];
  await lambda("create-function", ...named, ...role, "--runtime", "nodejs22.x", ...from);
  await lambda("wait", "function-active", ...named);
  await lambda("create-alias", ...named, "--name", "live", "--function-version", "1");
  const out = join(folder, "out.json");
  const invoked = await lambda("invoke", ...named, "--qualifier", "live", out);
  expect(invoked).toEqual({ StatusCode: 200, ExecutedVersion: "1" });
  expect(JSON.parse(readFileSync(out, "utf8"))).toEqual({ event: {}, version: "1" });
  const updated = await lambda("update-function-code", ...named, "--zip-file", `fileb://${zipFile}`, "--publish");
  expect(updated.Version).toBe("1");
  await lambda("wait", "function-updated", ...named);
  expect((await lambda("list-functions")).Functions).toMatchObject([{ FunctionName: "cli", Version: "$LATEST" }]);
  // What this server keeps there is no caller's.
  const { stdout, stderr, exitCode } = await runProgram(
    "aws",
    ["s3", "cp", zipFile, "s3://sluice-function-code/mine"],
    await server.environment(),
  );
  expect(exitCode).not.toBe(0);
  expect(stdout + stderr).toContain("AccessDenied");
  await lambda("delete-function", ...named);
});

describe("what no client sends", () => {
  const ask = async (method: string, path: string, body: string | Uint8Array = "", headers = {}) => {
    const signed = raw.sign({ method, path, body, service: "lambda", target: null, headers });
    const answer = await raw.send(signed);
    return { ...answer, code: answer.headers["x-amzn-errortype"] };
  };

  it.each([
    ["GET", "/", 404, "UnknownOperationException"],
    ["POST", "/", 404, "UnknownOperationException"],
    ["GET", `${FUNCTIONS}/../../etc/passwd`, 404, "UnknownOperationException"],
    ["GET", `${FUNCTIONS}//`, 404, "UnknownOperationException"],
    ["GET", `${FUNCTIONS}/%2e%2e`, 400, "InvalidParameterValueException"],
    ["GET", `${FUNCTIONS}/..%2Fx`, 400, "InvalidParameterValueException"],
    ["GET", `${FUNCTIONS}/a%252Fb`, 400, "InvalidParameterValueException"],
    ["GET", `${FUNCTIONS}/%ff`, 400, "SerializationException"],
    ["GET", `${FUNCTIONS}/a%00b`, 400, "SerializationException"],
    ["GET", `${FUNCTIONS}/${"x".repeat(10_000)}`, 400, "InvalidParameterValueException"],
    ["GET", `${FUNCTIONS}/x?Qualifier=1&Qualifier=2`, 400, "SerializationException"],
    ["POST", `${FUNCTIONS}/x/invocations`, 404, "ResourceNotFoundException"],
    ["POST", "/2021-11-15/functions/x/response-streaming-invocations", 404, "UnknownOperationException"],
    ["PATCH", FUNCTIONS, 404, "UnknownOperationException"],
  ])("%s %s is answered %i %s", async (method, path, status, code) => {
    const answer = await ask(method, path);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(JSON.parse(answer.text)).toEqual({ Type: "User", message: expect.any(String) });
    expect(answer.text.length).toBeLessThan(2_000);
  });

  it("a form, and another protocol's target, are Lambda's calls all the same", async () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect(await ask("POST", `${FUNCTIONS}/x/invocations`, "a=b", form)).toMatchObject({
      status: 400,
      code: "InvalidRequestContentException",
    });
    const target = { "x-amz-target": "CodeDeploy_20141006.ListApplications" };
    expect(await ask("GET", `${FUNCTIONS}/x`, "", target)).toMatchObject({
      status: 404,
      code: "ResourceNotFoundException",
    });
  });

  it("payloads that are too large are refused before they are read", async () => {
    const event = { "x-amz-invocation-type": "Event" };
    const large = Buffer.alloc(1024 * 1024 + 1, " ");
    const path = `${FUNCTIONS}/x/invocations`;
    expect(await ask("POST", path, large, event)).toMatchObject({ status: 413, code: "RequestTooLargeException" });
    // Of a call that waits it is not too large: it is no JSON.
    expect(await ask("POST", path, large)).toMatchObject({ status: 400, code: "InvalidRequestContentException" });
    const larger = Buffer.alloc(6 * 1024 * 1024 + 1, " ");
    expect(await ask("POST", path, larger)).toMatchObject({ status: 413, code: "RequestTooLargeException" });
    expect(await ask("PUT", `${FUNCTIONS}/x/concurrency`, larger)).toMatchObject({ status: 413 });
  });

  it("a wrong signature and an unknown key are told in Lambda's form", async () => {
    for (const wrong of [{ secretAccessKey: "x" }, { accessKeyId: "AKIASTRANGER" }]) {
      const signed = raw.sign({ method: "GET", path: FUNCTIONS, body: "", service: "lambda", target: null, ...wrong });
      const answer = await raw.send(signed);
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.text)).toMatchObject({ Type: "User" });
    }
  });
});
