import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateFunctionCommand, LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { LAMBDA_SIGNING_NAME } from "@sluice/wire/rest-json/lambda-service.ts";
import { signRequest } from "@sluice/wire/sigv4/sign.ts";
import type { BenchContext, Figure, Measured } from "./figure.ts";
import { type RunningServer, startServer } from "./sluice-process.ts";

export type FunctionRuntime = "nodejs" | "python3";

/** Handlers that do nothing. */
const SOURCES: Readonly<
  Record<
    FunctionRuntime,
    { readonly runtime: "nodejs24.x" | "python3.12"; readonly file: string; readonly text: string }
  >
> = {
  nodejs: { runtime: "nodejs24.x", file: "index.js", text: "exports.handler = async () => null;\n" },
  python3: { runtime: "python3.12", file: "index.py", text: "def handler(event, context):\n    return None\n" },
};
const PAYLOAD = "{}";
const ACTIVE_SECONDS = 60;

/** A server that runs functions of its own. */
export interface FunctionService {
  readonly server: RunningServer;
  readonly port: number;
  /** A function with a handler that does nothing. */
  create(name: string, runtime: FunctionRuntime): Promise<void>;
  /** The bytes of an Invoke call, signed now: good for five minutes. */
  invocation(name: string): string;
  close(): Promise<void>;
}

async function startFunctionService({ release, folder }: BenchContext): Promise<FunctionService> {
  const config = join(folder, "sluice.yml");
  writeFileSync(config, JSON.stringify({ bindings: [{ match: "*", port: "function-alias", driver: "functions" }] }));
  const server = await startServer(release, folder, ["--config", config]);
  const { region, credentials: keys } = server.connection;
  const credentials = { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey };
  const lambda = new LambdaClient({ endpoint: server.url, region, credentials });
  return {
    server,
    port: Number(new URL(server.url).port),
    create: (name, runtime) => createFunction(lambda, name, runtime),
    invocation: (name) => signedInvocation(server, name),
    close: async () => {
      lambda.destroy();
      await server.close();
    },
  };
}

async function createFunction(client: LambdaClient, name: string, of: FunctionRuntime): Promise<void> {
  const { runtime, file, text } = SOURCES[of];
  await client.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: runtime,
      Handler: "index.handler",
      Role: "arn:aws:iam::111122223333:role/bench",
      Timeout: 60,
      Code: { ZipFile: zipOf({ [file]: text }) },
    }),
  );
  await waitUntilFunctionActiveV2(
    { client, maxWaitTime: ACTIVE_SECONDS, minDelay: 1, maxDelay: 1 },
    { FunctionName: name },
  );
}

function signedInvocation({ url: server, connection }: RunningServer, name: string): string {
  const { credentials, region } = connection;
  const path = `/2015-03-31/functions/${name}/invocations`;
  const signed = signRequest({
    method: "POST",
    url: `${server.replace(/\/+$/, "")}${path}`,
    headers: { "content-type": "application/json", "content-length": String(Buffer.byteLength(PAYLOAD)) },
    body: PAYLOAD,
    credentials,
    region,
    service: LAMBDA_SIGNING_NAME,
    now: new Date(),
  });
  const lines = Object.entries(signed).map(([header, value]) => `${header}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${PAYLOAD}`;
}

/** The program that runs functions: what the PATH calls python3 may be a shim of another program, and so is no reference. */
export function bareProgram(runtime: FunctionRuntime): string {
  if (runtime === "nodejs") return process.execPath;
  pythonProgram ??= execFileSync("python3", ["-I", "-c", "import sys; print(sys.executable)"], {
    encoding: "utf8",
  }).trim();
  return pythonProgram;
}

let pythonProgram: string | undefined;

type Measure = (service: FunctionService, context: BenchContext) => Promise<readonly Measured[]>;

/** A figure with a server of its own, which runs functions kept apart from each other: that needs root. */
export function functionFigure(name: string, title: string, measure: Measure): Figure {
  return {
    name,
    title,
    measure: async (context) => {
      if (process.getuid?.() !== 0) {
        context.say("skipped: functions are kept apart from each other by root alone");
        return [];
      }
      const service = await startFunctionService(context);
      try {
        return await measure(service, context);
      } finally {
        await service.close();
      }
    },
  };
}
