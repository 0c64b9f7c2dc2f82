import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionPlan } from "@sluice/engine/ports/function-runner.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callOf, environmentOf, payloadOf } from "../contracts/function-runner-contract.fixture.ts";
import { MAX_FUNCTION_ANSWER_BYTES } from "./function-faults.ts";
import { FIRST_UID, openRunner, type RunnerWorld } from "./process-runner.fixture.ts";
import { PROGRAM_MODE, type ZippedFile } from "./zipped-code.fixture.ts";

const never = new AbortController().signal;
type Files = Readonly<Record<string, string | ZippedFile>>;

describe("what runs functions", () => {
  let world: RunnerWorld;
  beforeAll(() => {
    world = openRunner();
  });
  afterAll(() => world.close());

  const start = (files: Files, more: Partial<FunctionPlan> = {}) =>
    world.runner.start(world.plan(files, more), { write: () => undefined }, never);
  const run = async (files: Files, event: unknown = {}, more: Partial<FunctionPlan> = {}) => {
    const environment = environmentOf(await start(files, more));
    const end = await environment.call({ ...callOf(event), clientContext: '{"custom":{"a":"b"}}' });
    await environment.end();
    return { ...end, payload: payloadOf(end) };
  };

  describe("in JavaScript", () => {
    it.each<[string, Files, string]>([
      ["an ES module", { "index.mjs": "export const handler = async (event) => event.n + 1;" }, "index.handler"],
      [
        "an ES module by its package, which awaits",
        {
          "package.json": '{"type":"module"}',
          "a/b.js": "const one = await 1; export const run = async (event) => event.n + one;",
        },
        "a/b.run",
      ],
      ["a CommonJS module", { "index.cjs": "exports.handler = async (event) => event.n + 1;" }, "index.handler"],
      [
        "a name in an object",
        { "index.js": "exports.api = { post: (event) => Promise.resolve(event.n + 1) };" },
        "index.api.post",
      ],
      [
        "a callback",
        { "index.js": "exports.handler = (event, _, done) => setTimeout(() => done(null, event.n + 1), 5);" },
        "index.handler",
      ],
      [
        "a callback that does not wait",
        {
          "index.js":
            "exports.handler = (event, context, done) => { context.callbackWaitsForEmptyEventLoop = false; setInterval(() => 0, 1000); done(null, event.n + 1); };",
        },
        "index.handler",
      ],
      [
        "a callback that waits",
        { "index.js": "exports.handler = (event, _, done) => { done(null, event.n + 1); setTimeout(() => 0, 5); };" },
        "index.handler",
      ],
      [
        "the SDK that functions have",
        {
          "index.js": `const { CodeDeployClient } = require("@aws-sdk/client-codedeploy"); exports.handler = async (event) => new CodeDeployClient({}) && event.n + 1;`,
        },
        "index.handler",
      ],
      [
        "the same in an ES module",
        {
          "index.mjs": `import { LambdaClient } from "@aws-sdk/client-lambda"; export const handler = async (event) => new LambdaClient({}) && event.n + 1;`,
        },
        "index.handler",
      ],
    ])("takes %s", async (_, files, handler) => {
      expect(await run(files, { n: 1 }, { handler })).toMatchObject({ outcome: "answered", payload: 2 });
    });

    it("answers with null where nobody says anything any more", async () => {
      for (const body of ["() => undefined", "() => new Promise(() => undefined)", "async () => undefined"]) {
        expect(await run({ "index.js": `exports.handler = ${body};` })).toMatchObject({
          outcome: "answered",
          payload: null,
        });
      }
    });

    it("is told what Lambda tells", async () => {
      const body =
        "const left = context.getRemainingTimeInMillis(); return { ...context, left: left > 50000 && left <= 60000 };";
      const { payload } = await run(
        { "index.js": `exports.handler = async (event, context) => { ${body} };` },
        {},
        { version: "7" },
      );
      expect(payload).toMatchObject({
        functionName: "shop",
        functionVersion: "7",
        memoryLimitInMB: "256",
        logGroupName: "/aws/lambda/shop",
        logStreamName: expect.stringMatching(/^[0-9]{4}\/[0-9]{2}\/[0-9]{2}\/\[7\][0-9a-f]{32}$/),
        clientContext: { custom: { a: "b" } },
        invokedFunctionArn: expect.stringMatching(/:function:shop:live$/),
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        callbackWaitsForEmptyEventLoop: true,
        left: true,
      });
    });

    it.each<[string, Files, Partial<FunctionPlan>, string, RegExp]>([
      ["a missing file", { "other.js": "" }, {}, "Runtime.ImportModuleError", /^Error: Cannot find module 'index'/],
      [
        "a missing name",
        { "index.js": "" },
        {},
        "Runtime.HandlerNotFound",
        /^index\.handler is undefined or not exported$/,
      ],
      [
        "what is no function",
        { "index.js": "exports.handler = 1" },
        {},
        "Runtime.HandlerNotFound",
        /is not a function/,
      ],
      ["a mistake", { "index.js": "exports.handler = {" }, {}, "Runtime.UserCodeSyntaxError", /^SyntaxError: /],
      ["no handler's name", { "index.js": "" }, { handler: "index" }, "Runtime.MalformedHandlerName", /^Bad handler$/],
      ["what throws as it loads", { "index.js": "throw new TypeError('no key')" }, {}, "TypeError", /^no key$/],
      ["what ends as it loads", { "index.js": "process.exit(3)" }, {}, "Runtime.ExitError", /exit status 3$/],
      [
        "a streamed response",
        { "index.js": "exports.handler = awslambda.streamifyResponse(async () => 1)" },
        {},
        "Runtime.StreamingUnsupported",
        /return it whole/,
      ],
    ])("does not start with %s", async (_, files, more, errorType, errorMessage) => {
      const fault = { errorType, errorMessage: expect.stringMatching(errorMessage) };
      expect(await start(files, more)).toMatchObject({ outcome: "failed", fault });
    });

    it.each<[string, string, Record<string, unknown>, boolean]>([
      [
        "an error with its stack",
        "throw new TypeError('no')",
        { errorType: "TypeError", errorMessage: "no", trace: expect.arrayContaining(["TypeError: no"]) },
        false,
      ],
      ["a word", "throw 'no'", { errorType: "string", errorMessage: "no" }, false],
      ["what is no JSON", "return { a: 1n }", { errorType: "Runtime.UnserializableReturnValue" }, false],
      [
        "too much",
        `return "x".repeat(${MAX_FUNCTION_ANSWER_BYTES})`,
        { errorType: "Function.ResponseSizeTooLarge" },
        false,
      ],
      [
        "an error of a timer",
        "setTimeout(() => { throw new TypeError('late') }); await new Promise(() => setTimeout(() => 0, 1e6))",
        { errorType: "TypeError", errorMessage: "late" },
        true,
      ],
      [
        "a rejection of nobody",
        "Promise.reject(new Error('lost')); await new Promise(() => setTimeout(() => 0, 1e6))",
        { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: lost" },
        true,
      ],
      [
        "SIGKILL",
        "process.kill(process.pid, 'SIGKILL'); await new Promise(() => setTimeout(() => 0, 1e6))",
        { errorType: "Runtime.ExitError", errorMessage: expect.stringMatching(/signal: killed$/) },
        true,
      ],
    ])("fails with %s", async (_, body, payload, isOver) => {
      const environment = environmentOf(await start({ "index.js": `exports.handler = async () => { ${body} };` }));
      const end = await environment.call(callOf({}));
      expect(end.outcome).toBe("failed");
      expect(payloadOf(end)).toMatchObject(payload);
      // The process may still be on its way out when its last words are told.
      await expect.poll(() => environment.isOver).toBe(isOver);
      await environment.end();
    });
  });

  it("in Python, tells what is wrong with its stack, and logs as Lambda's does", async () => {
    const code = `
import logging
log = logging.getLogger()
log.setLevel(logging.INFO)
def handler(event, context):
    log.info("at %s", context.get_remaining_time_in_millis() > 0)
    raise KeyError("order")
`;
    const { payload, logTail } = await run(
      { "shop/api.py": code },
      {},
      { runtime: "python3.12", handler: "shop/api.handler" },
    );
    expect(payload).toMatchObject({
      errorType: "KeyError",
      errorMessage: "'order'",
      stackTrace: [expect.stringContaining("api.py")],
    });
    expect(logTail).toMatch(/^\[INFO\]\t[0-9-]+T[0-9:.]+Z\t[0-9a-f-]{36}\tat True$/m);
  });

  it.each<[string, string, string]>([
    ["nothing = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'index'"],
    ["def handler(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'index'"],
  ])("in Python, does not start with %s", async (code, errorType, words) => {
    const fault = { errorType, errorMessage: expect.stringContaining(words) };
    expect(await start({ "index.py": code }, { runtime: "python3.12" })).toMatchObject({ outcome: "failed", fault });
  });

  describe("provided", () => {
    const BOOTSTRAP = `#!/usr/bin/env python3
import http.client, os
def ask(method, path, body=None):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request(method, "/2018-06-01/runtime" + path, body)
    answer = connection.getresponse()
    return answer, answer.read()
while True:
    answer, body = ask("GET", "/invocation/next")
    request = answer.headers["Lambda-Runtime-Aws-Request-Id"]
    print(sorted(name for name in answer.headers if name.startswith("Lambda-")), flush=True)
    status, _ = ask("POST", "/invocation/not-open/response", b"1")
    ask("POST", "/invocation/" + request + "/response", b'{"status":' + str(status.status).encode() + b',"event":' + body + b"}")
`;

    it("runs a program that speaks the Runtime API itself, connection by connection", async () => {
      const files = { bootstrap: { content: BOOTSTRAP, unixMode: PROGRAM_MODE } };
      const environment = environmentOf(await start(files, { runtime: "provided.al2023" }));
      for (const event of [1, 2]) {
        const end = await environment.call({ ...callOf(event), clientContext: "{}" });
        expect(payloadOf(end)).toEqual({ status: 400, event });
        expect(end.logTail).toContain(
          "['Lambda-Runtime-Aws-Request-Id', 'Lambda-Runtime-Client-Context', 'Lambda-Runtime-Deadline-Ms', 'Lambda-Runtime-Invoked-Function-Arn', 'Lambda-Runtime-Trace-Id']",
        );
      }
      await environment.end();
    });

    it("says that there is no such program", async () => {
      expect(await start({ "index.js": "" }, { runtime: "provided" })).toMatchObject({
        outcome: "failed",
        fault: { errorType: "Runtime.InvalidEntrypoint" },
      });
    });
  });

  it.each<[string, Files, RegExp]>([
    ["a path that leads outside", { "../index.js": "" }, /"\.\.\/index\.js", which is refused/],
    ["a link", { "index.js": { content: "/etc/passwd", unixMode: 0o120777 } }, /it is a link/],
  ])("refuses code with %s", async (_, files, message) => {
    await expect(start(files)).rejects.toThrow(message);
  });

  it("finds the Python that was missing once it is installed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-python-"));
    const python = join(folder, "python3");
    const own = openRunner({ settings: { isolation: "none", python } });
    const plan = { runtime: "python3.12", handler: "index.handler", uid: null };
    expect(await own.runner.troubleWith(plan)).toMatch(/is not a program: install it/);
    symlinkSync("/bin/echo", python);
    expect(await own.runner.troubleWith(plan)).toMatch(/does not run/);
    rmSync(python);
    writeFileSync(python, '#!/bin/sh\nexec python3 "$@"\n', { mode: 0o755 });
    expect(await own.runner.troubleWith(plan)).toBeUndefined();
    await own.close();
    rmSync(folder, { recursive: true });
  });

  it("runs as Sluice does, in whichever Python, what was created with a user before that was accepted", async () => {
    const own = openRunner({ settings: { isolation: "none" }, machine: { maySwitchUsers: false } });
    const files = { "index.py": "import os\ndef handler(event, context): return os.getuid()" };
    const plan = own.plan(files, { runtime: "python3.12", uid: FIRST_UID });
    expect(await own.runner.troubleWith(plan)).toBeUndefined();
    const environment = environmentOf(await own.runner.start(plan, { write: () => undefined }, never));
    expect(payloadOf(await environment.call(callOf({})))).toBe(process.getuid?.());
    await environment.end();
    await own.close();
  });

  it("forgets code that nobody names", async () => {
    const own = openRunner();
    const plans = ["1", "2"].map((value) => own.plan({ "index.js": `exports.handler = async () => ${value};` }));
    for (const plan of plans)
      await environmentOf(await own.runner.start(plan, { write: () => undefined }, never)).end();
    await own.runner.keepOnly(new Set([plans[1]!.codeSha256]));
    expect(await readdir(join(own.directory, "code"))).toEqual([plans[1]!.codeSha256]);
    await own.close();
  });
});
