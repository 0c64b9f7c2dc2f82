/** One call of each service and door leaves its line, and no secret of any is in the files. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RawCaller, type SignedCall } from "../compat/raw-caller.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

/** In every value that is a secret. */
const HUSH = "hUsHhUsH";
const ASSUMED_USER_AGENT = "audit-test/1 \u009b2J";

let server: SluiceServer;
let caller: RawCaller;
/** Secrets that the server made. */
const secrets: string[] = [];

beforeAll(async () => {
  server = await startSluiceServer();
  caller = new RawCaller(server);
  secrets.push(caller.secretAccessKey);
});
afterAll(async () => {
  caller?.close();
  await server?.close();
});

interface Line {
  readonly eventName: string;
  readonly eventSource: string;
  readonly errorCode?: string;
  readonly userIdentity: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

const text = () => {
  const directory = join(server.data, "audit");
  return readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), "utf8"))
    .join("");
};

/** The last line of the operation: it is there when the answer is, with nothing to wait for. */
function lineOf(operation: string): Line {
  const lines = text().trimEnd().split("\n");
  const found = lines.map((line) => JSON.parse(line) as Line).findLast(({ eventName }) => eventName === operation);
  return found ?? expect.fail(`there is no line of ${operation}`);
}

/** The same of a refusal, which waits for no line. */
async function refusal(operation: string, code: string): Promise<Line> {
  return until(`a line of ${operation} with ${code}`, () => {
    const line = text().includes(operation) ? lineOf(operation) : undefined;
    return line?.errorCode === code && line;
  });
}

const sluice = (operation: string, input: object, more: SignedCall = {}) =>
  caller.call({ service: "sluice", target: `Sluice_20261101.${operation}`, body: JSON.stringify(input), ...more });

async function post(path: string, body: object, headers: Record<string, string> = {}, method = "POST") {
  const bytes = Buffer.from(JSON.stringify(body));
  const json = { "content-type": "application/json", "content-length": String(bytes.length), ...headers };
  return caller.send({ method, path, headers: json, body: bytes });
}

it("writes a change of CodeDeploy before it is answered, with who, what and the request's id", async () => {
  const headers = { "user-agent": ASSUMED_USER_AGENT };
  const body = JSON.stringify({ applicationName: "web" });
  const answer = await caller.call({ target: "CodeDeploy_20141006.CreateApplication", body, headers });
  expect(lineOf("CreateApplication")).toMatchObject({
    eventSource: "codedeploy.amazonaws.com",
    userIdentity: { type: "Root", accessKeyId: caller.accessKeyId },
    sourceIPAddress: "127.0.0.1",
    requestParameters: { applicationName: "web" },
    requestID: answer.headers["x-amzn-requestid"],
    readOnly: false,
  });
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const VARIABLES = { Variables: { PASSWORD: HUSH } };
const TASK = { family: "t", containerDefinitions: [{ name: "c", environment: [{ name: "PASSWORD", value: HUSH }] }] };
const ECS = "AmazonEC2ContainerServiceV20141113";

it.each<[operation: string, source: string, call: SignedCall]>([
  [
    "RegisterTaskDefinition",
    "ecs",
    { service: "ecs", target: `${ECS}.RegisterTaskDefinition`, body: JSON.stringify(TASK) },
  ],
  [
    "CreateTargetGroup",
    "elasticloadbalancing",
    {
      service: "elasticloadbalancing",
      target: null,
      headers: FORM,
      body: "Action=CreateTargetGroup&Version=2015-12-01&Name=blue",
    },
  ],
  [
    "CreateFunction",
    "lambda",
    {
      service: "lambda",
      target: null,
      path: "/2015-03-31/functions",
      body: JSON.stringify({ FunctionName: "f", Role: "r", Code: { ZipFile: "aGk=" }, Environment: VARIABLES }),
    },
  ],
  ["CreateBucket", "s3", { service: "s3", target: null, method: "PUT", path: "/revisions", body: "" }],
  ["PutObject", "s3", { service: "s3", target: null, method: "PUT", path: "/revisions/web.zip", body: HUSH }],
])("writes %s of %s, whether or not it could be done", async (operation, source, call) => {
  const { status } = await caller.call(call);
  const line = lineOf(operation);
  expect(line).toMatchObject({ eventSource: `${source}.amazonaws.com`, userIdentity: { type: "Root" } });
  expect(line.errorCode === undefined).toBe(status < 300);
});

it("writes what Sluice's own operations and doors do, without the secrets that they hand out", async () => {
  const { accessKey, secretAccessKey } = JSON.parse((await sluice("CreateAccessKey", { role: "read-only" })).text) as {
    accessKey: { accessKeyId: string };
    secretAccessKey: string;
  };
  const { accessKeyId } = accessKey;
  const { token } = JSON.parse((await sluice("CreateEnrolmentToken", {})).text) as { token: string };
  secrets.push(secretAccessKey, token);
  expect(lineOf("CreateAccessKey")).toMatchObject({ responseElements: { accessKey: { accessKeyId } } });

  const target = { "x-amz-target": "Sluice_20261101.EnrolHost", "content-type": "application/x-amz-json-1.1" };
  const enrolled = await post("/", { token, hostName: "web-1" }, target);
  const host = JSON.parse(enrolled.text) as { hostId: string; secretAccessKey: string };
  secrets.push(host.secretAccessKey);
  expect(lineOf("EnrolHost")).toMatchObject({
    userIdentity: { type: "EnrolmentToken" },
    requestParameters: { hostName: "web-1" },
    responseElements: { hostId: host.hostId },
  });
  await post("/", { token, hostName: "web-2" }, target);
  expect(await refusal("EnrolHost", "EnrolmentTokenInvalidException")).toMatchObject({
    userIdentity: { type: "Unknown" },
  });

  const backup = { method: "GET", path: "/-/backup", target: null, service: "sluice", body: "" };
  await caller.call(backup);
  expect(lineOf("TakeBackup")).toMatchObject({ readOnly: true, userIdentity: { type: "Root" } });
  await caller.call({ ...backup, accessKeyId, secretAccessKey });
  expect(await refusal("TakeBackup", "AccessDeniedException")).toMatchObject({ userIdentity: { accessKeyId } });
});

it("writes the console's sign-ins, its calls and its sign-outs", async () => {
  const { accessKeyId, secretAccessKey } = caller;
  await post("/-/session", { accessKeyId, secretAccessKey: HUSH });
  expect(await refusal("ConsoleLogin", "SignInRefusedException")).toMatchObject({
    eventType: "AwsConsoleSignIn",
    userIdentity: { type: "Unknown", accessKeyId },
  });
  const signedIn = await post("/-/session", { accessKeyId, secretAccessKey });
  const { sessionSecret } = JSON.parse(signedIn.text) as { sessionSecret: string };
  const cookie = signedIn.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
  secrets.push(sessionSecret, cookie.split("=")[1] ?? "");
  expect(lineOf("ConsoleLogin")).toMatchObject({ userIdentity: { type: "Root" }, eventSource: "signin.amazonaws.com" });

  const session = { cookie, "x-sluice-session": sessionSecret };
  const target = { "x-amz-target": "CodeDeploy_20141006.DeleteApplication" };
  await post("/-/api", { applicationName: "web" }, { ...session, ...target });
  expect(lineOf("DeleteApplication")).toMatchObject({
    userIdentity: { accessKeyId },
    sessionCredentialFromConsole: "true",
  });
  await post("/-/session", {}, session, "DELETE");
  expect(lineOf("ConsoleLogout")).toMatchObject({ userIdentity: { accessKeyId } });
});

it("writes refusals of every service, and no read that succeeds", async () => {
  const wrong = { secretAccessKey: "x".repeat(40) };
  await caller.call({ target: "CodeDeploy_20141006.ListDeployments", ...wrong });
  expect(await refusal("ListDeployments", "InvalidSignatureException")).toMatchObject({
    userIdentity: { type: "Unknown" },
  });
  await caller.call({ service: "s3", target: null, method: "GET", path: "/revisions/web.zip", body: "", ...wrong });
  await refusal("GetObject", "SignatureDoesNotMatch");
  await sluice("ListHosts", {}, { accessKeyId: "AKIA\u009bNOBODY" });
  await refusal("ListHosts", "UnrecognizedClientException");
  await caller.operation("ListApplications", {});
  expect(text()).not.toContain('"ListApplications"');
});

it("is found again by its filters, and has no secret and nothing that steers a terminal", async () => {
  const { events } = JSON.parse((await sluice("ListAuditEvents", { resource: "web", outcome: "succeeded" })).text) as {
    events: readonly { operation: string }[];
  };
  expect(events.map(({ operation }) => operation)).toEqual(["DeleteApplication", "CreateApplication"]);
  expect(secrets.length).toBeGreaterThan(5);
  for (const secret of [...secrets, HUSH]) expect(text().includes(secret), `a secret of ${secret.length}`).toBe(false);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is tested
  expect(text()).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
});

/** The server is ready all the same: calls go on. */
it("is told of by /readyz while it cannot be written, and by sluice doctor", async () => {
  const directory = join(server.data, "audit");
  const readyz = async () => {
    const { status, text: body } = await caller.send({
      method: "GET",
      path: "/readyz",
      headers: {},
      body: Buffer.alloc(0),
    });
    return { code: status, ...(JSON.parse(body) as { readonly warning?: string }) };
  };
  // A look of a busy machine may come too late, and says so.
  await until("readiness without a warning", async () => {
    const { code, warning } = await readyz();
    return code === 200 && warning === undefined;
  });
  rmSync(directory, { recursive: true });
  writeFileSync(directory, "no directory");
  const told = `the audit in ${directory} cannot be written to: `;
  // The file that is gone is left within about a second of its last line.
  await caller.operation("CreateApplication", { applicationName: "unseen" });
  await until("readiness to tell of it", async () => {
    const { code, warning } = await readyz();
    return code === 200 && warning?.startsWith(told);
  });
  await until("the doctor to tell of it", async () => (await server.run("doctor")).stdout.includes(`warning  ${told}`));
  await caller.operation("CreateApplication", { applicationName: "unwritten" });
  rmSync(directory);
  await until("readiness to be whole again", async () => (await readyz()).warning === undefined);
  await until("the loss to be said", () => text().includes('"AuditLinesLost"'));
});
