import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const FUNCTION = "payments";
const WAITING = 5;
const HANGS = "exports.handler = () => new Promise(() => setInterval(() => {}, 1000));";
const LOGS = 'exports.handler = async ({ name }) => console.log("done " + name);';
const IS_ROOT = process.getuid?.() === 0;
let folder: string;
let server: SluiceServer;
let lambda: LambdaClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-events-"));
  const settings = IS_ROOT ? "{}" : "{ isolation: none }";
  const config = join(folder, "sluice.yml");
  writeFileSync(
    config,
    `bindings:\n  - { match: "*", port: function-alias, driver: functions, settings: ${settings} }\n`,
  );
  server = await startSluiceServer({ args: ["--config", config] });
  const text = readFileSync(join(server.data, "aws/credentials"), "utf8");
  lambda = new LambdaClient({
    endpoint: server.url(),
    region: "us-east-1",
    credentials: {
      accessKeyId: /aws_access_key_id = (\S+)/.exec(text)?.[1] ?? "",
      secretAccessKey: /aws_secret_access_key = (\S+)/.exec(text)?.[1] ?? "",
    },
  });
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: FUNCTION,
      Role: "arn:aws:iam::111122223333:role/payments",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 900,
      Code: { ZipFile: zipOf({ "index.js": HANGS }) },
    }),
  );
});
afterAll(async () => {
  lambda?.destroy();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function send(name: string): Promise<void> {
  const Payload = Buffer.from(JSON.stringify({ name }));
  await lambda.send(new InvokeCommand({ FunctionName: FUNCTION, InvocationType: "Event", Payload }));
}
/** As a person reads it. */
const log = () => server.sluice("logs", "--function", FUNCTION);
const linesOf = (text: string, word: string) => text.split("\n").filter((line) => line.includes(word)).length;

it("asynchronous invocations outlive a server that is killed: those that waited run once, the one that was cut off again", async () => {
  await send("cut off");
  await until("the first runs", async () => linesOf(await log(), "START") === 1);
  const stopped = { FunctionName: FUNCTION, ReservedConcurrentExecutions: 0 };
  await lambda.send(new PutFunctionConcurrencyCommand(stopped));
  for (let count = 0; count < WAITING; count++) await send(`waiting-${count}`);
  await server.kill();
  await server.start();
  const ZipFile = zipOf({ "index.js": LOGS });
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: FUNCTION, ZipFile }));
  await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: FUNCTION }));
  const text = await until("all are done", async () => {
    const read = await log();
    return linesOf(read, "done ") > WAITING && linesOf(read, "REPORT") > WAITING && read;
  });
  const names = Array.from({ length: WAITING }, (_, count) => `done waiting-${count}`);
  for (const name of ["done cut off", ...names]) expect([name, linesOf(text, name)]).toEqual([name, 1]);
  expect(linesOf(text, "START")).toBe(WAITING + 2);
  const metrics = await (await fetch(`${server.url()}/metrics`)).text();
  expect(metrics).toContain("sluice_function_events 0\n");
  expect(metrics).toContain(`sluice_function_invocations_total{outcome="answered"} ${WAITING + 1}\n`);
});
