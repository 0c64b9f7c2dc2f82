import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentCommand,
  CreateDeploymentGroupCommand,
  GetDeploymentCommand,
  GetDeploymentTargetCommand,
  ListDeploymentTargetsCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from "@aws-sdk/client-codedeploy";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  GetFunctionCommand,
  LambdaClient,
  type Runtime,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { readAwsProfile, SLUICE_PROFILE } from "@sluice/wire/config/aws-config.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBoto3 } from "../installation/installed-programs.fixture.ts";
import { runProgram, type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const ROLE = "arn:aws:iam::111122223333:role/deploy-hooks";
const EXAMPLES = join(import.meta.dirname, "../../examples/functions");
const FIVE_MINUTES_MILLISECONDS = 300_000;
/** So that it is the hook's answer, and no other failure. */
const SAID_NO = "the hook answered Failed";
const WELL = "exports.handler = async () => 'charged';";
const BADLY = "exports.handler = async () => { throw new Error('no such charge'); };";

let folder: string;
let server: SluiceServer;
let lambda: LambdaClient;
let codeDeploy: CodeDeployClient;

/** The settings by which functions see the Python that has boto3, which may be in a person's home. */
async function pythonOfBoto3(): Promise<string> {
  const { stdout } = await runProgram("python3", ["-c", "import sys; print(sys.executable, sys.prefix)"]);
  const [program, folder] = stdout.trim().split(" ");
  return `, python: ${program}, folders: [${folder}]`;
}

/** Of the SDKs' own clients, as root. */
function connection({ data }: SluiceServer) {
  const file = (path: string) => ({ path, text: readFileSync(path, "utf8") });
  const files = { config: file(join(data, "aws/config")), credentials: file(join(data, "aws/credentials")) };
  const { region, credentials, endpoint } = readAwsProfile(files, SLUICE_PROFILE) ?? {};
  if (!region || !credentials || !endpoint) throw new Error(`${data} has no profile`);
  const { accessKeyId, secretAccessKey } = credentials;
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
}

async function createFunction(name: string, runtime: Runtime, file: string, code: string, variables = {}) {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: runtime,
      Handler: `${file.split(".")[0]}.handler`,
      Role: ROLE,
      Timeout: 60,
      MemorySize: 256,
      Code: { ZipFile: zipOf({ [file]: code }) },
      Environment: { Variables: variables },
      Publish: true,
    }),
  );
  await until(`${name} is active`, async () => {
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: name }));
    return Configuration?.State === "Active";
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-function-hooks-"));
  const config = join(folder, "sluice.yml");
  const isolation = process.getuid?.() === 0 ? "required" : "none";
  const python = hasBoto3() ? await pythonOfBoto3() : "";
  writeFileSync(
    config,
    `bindings:
  - match: "*"
    port: function-alias
    driver: functions
    settings: { isolation: ${isolation}, roles: { deploy-hooks: [lambda:InvokeFunction] }${python} }
  - { match: "hook-*", port: hook-invoker, driver: functions }
`,
  );
  server = await startSluiceServer({ args: ["--config", config] });
  const connected = connection(server);
  lambda = new LambdaClient(connected);
  codeDeploy = new CodeDeployClient(connected);
  await createFunction("works", "nodejs22.x", "index.js", WELL);
  await createFunction("fails", "nodejs22.x", "index.js", BADLY);
  await codeDeploy.send(new CreateApplicationCommand({ applicationName: "shop", computePlatform: "Lambda" }));
}, FIVE_MINUTES_MILLISECONDS);
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A deployment of a function of its own, from its first version to its second, with this hook. */
async function deploy(name: string, hook: string): Promise<string> {
  await createFunction(name, "nodejs22.x", "index.js", WELL);
  await lambda.send(new CreateAliasCommand({ FunctionName: name, Name: "live", FunctionVersion: "1" }));
  const code = { FunctionName: name, ZipFile: zipOf({ "index.js": `${WELL} // again` }), Publish: true };
  await lambda.send(new UpdateFunctionCodeCommand(code));
  const group = { applicationName: "shop", deploymentGroupName: name };
  await codeDeploy.send(
    new CreateDeploymentGroupCommand({
      ...group,
      serviceRoleArn: ROLE,
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    }),
  );
  const Properties = { Name: name, Alias: "live", CurrentVersion: "1", TargetVersion: "2" };
  const content = JSON.stringify({
    version: 0.0,
    Resources: [{ [name]: { Type: "AWS::Lambda::Function", Properties } }],
    Hooks: [{ BeforeAllowTraffic: hook }],
  });
  const revision = { revisionType: "AppSpecContent", appSpecContent: { content } } as const;
  const { deploymentId = "" } = await codeDeploy.send(new CreateDeploymentCommand({ ...group, revision }));
  return deploymentId;
}

async function ended(deploymentId: string) {
  return until(`${deploymentId} ends`, async () => {
    const { deploymentInfo: info } = await codeDeploy.send(new GetDeploymentCommand({ deploymentId }));
    return ["Succeeded", "Failed", "Stopped"].includes(info?.status ?? "") && info;
  });
}

async function list(deploymentId: string): Promise<readonly string[]> {
  const { deploymentInfo: info } = await codeDeploy.send(new GetDeploymentCommand({ deploymentId }));
  if (info?.status === "Created") return [];
  const { targetIds = [] } = await codeDeploy.send(new ListDeploymentTargetsCommand({ deploymentId }));
  return targetIds;
}

async function firstEvent(deploymentId: string, targetId: string) {
  const { deploymentTarget } = await codeDeploy.send(new GetDeploymentTargetCommand({ deploymentId, targetId }));
  return deploymentTarget?.lambdaTarget?.lifecycleEvents?.[0];
}

describe.each([
  ["JavaScript", "nodejs22.x", "hook.mjs", "js"],
  ["Python", "python3.12", "hook.py", "py"],
] as const)("a hook in %s with its stock SDK", (_, runtime, file, short) => {
  const code = readFileSync(join(EXAMPLES, file), "utf8");

  it.skipIf(runtime === "python3.12" && !hasBoto3()).each([
    ["works", "Succeeded"],
    ["fails", "Failed"],
  ] as const)(
    "answers for a function that %s: %s",
    async (checked, status) => {
      const hook = `hook-${short}-${checked}`;
      await createFunction(hook, runtime, file, code, { CHECKED_FUNCTION: checked });
      const deploymentId = await deploy(`shop-${short}-${checked}`, `${hook}:1`);
      const info = await ended(deploymentId);
      const { message = "" } = info.errorInformation ?? {};
      expect([info.status, message]).toEqual([status, status === "Failed" ? expect.stringContaining(SAID_NO) : ""]);
      const event = await firstEvent(deploymentId, `shop-${short}-${checked}`);
      expect(event).toMatchObject({ lifecycleEventName: "BeforeAllowTraffic", status });
    },
    FIVE_MINUTES_MILLISECONDS,
  );
});

describe("a hook that does not answer", () => {
  it(
    "fails its event at once when it throws, with its log's end",
    async () => {
      const code = "exports.handler = async () => { console.log('looking'); throw new Error('no database'); };";
      await createFunction("hook-throws", "nodejs22.x", "index.js", code);
      const deploymentId = await deploy("shop-throws", "hook-throws");
      const { status, errorInformation } = await ended(deploymentId);
      expect(status).toBe("Failed");
      expect(errorInformation?.code).toBe("HOOK_EXECUTION_FAILURE");
      expect(errorInformation?.message).toContain(
        "The hook hook-throws of BeforeAllowTraffic failed: Error: no database",
      );
      const event = await firstEvent(deploymentId, "shop-throws");
      expect(event?.diagnostics?.logTail).toMatch(/looking[\s\S]*no database/);
    },
    FIVE_MINUTES_MILLISECONDS,
  );

  it(
    "may be answered for by somebody else when it returned, also after the server was killed",
    async () => {
      await createFunction("hook-returns", "nodejs22.x", "index.js", WELL);
      const deploymentId = await deploy("shop-returns", "hook-returns");
      await until("it has begun", async () => (await list(deploymentId)).length > 0);
      const message = async () => (await firstEvent(deploymentId, "shop-returns"))?.diagnostics?.message ?? "";
      const isTold = async () => (await message()).includes("the hook hook-returns returned without an answer");
      await until("it is said that the hook returned", isTold);
      await server.kill();
      await server.start();
      await until("it is said again", isTold);
      const [, lifecycleEventHookExecutionId = ""] =
        /--lifecycle-event-hook-execution-id (\S+)/.exec(await message()) ?? [];
      await codeDeploy.send(
        new PutLifecycleEventHookExecutionStatusCommand({
          deploymentId,
          lifecycleEventHookExecutionId,
          status: "Succeeded",
        }),
      );
      expect((await ended(deploymentId)).status).toBe("Succeeded");
    },
    FIVE_MINUTES_MILLISECONDS,
  );
});
