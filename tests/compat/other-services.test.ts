import { join } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBoto3 } from "../installation/installed-programs.fixture.ts";
import { runProgram, type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

/** What callers make of a refusal who are not signed for this server, or who mean another service: every one in its own protocol. */
interface Understood {
  readonly code?: string;
  readonly message?: string;
  readonly status?: number;
  readonly type?: string;
  readonly body?: string;
}

const hasBoto = hasBoto3();

let server: SluiceServer;
beforeAll(async () => {
  server = await startSluiceServer();
});
afterAll(() => server.close());

const NOT_SERVED = (signingName: string) => new RegExp(`^This server does not serve '${signingName}'`);
const DENIED = { code: "AccessDenied", status: 403, message: /^Access Denied\. .*Signature V4/ };
const OLD_SIGNATURE = /^The authorization mechanism you have provided is not supported\. Please use AWS4-HMAC-SHA256/;

const EXPECTED: Readonly<Record<string, { readonly code: string; readonly status: number; readonly message: RegExp }>> =
  {
    iam: { code: "InvalidAction", status: 400, message: /^Could not find operation CreateGroup/ },
    "iam with a key of AWS's": { code: "InvalidClientTokenId", status: 403, message: /no access key AKIASTRANGER/ },
    ec2: { code: "InvalidAction", status: 400, message: NOT_SERVED("ec2") },
    sns: { code: "InvalidAction", status: 400, message: NOT_SERVED("sns") },
    elbv2: {
      code: "OperationNotPermitted",
      status: 400,
      message: /^This server runs no load balancers.*driver: haproxy/,
    },
    autoscaling: { code: "InvalidAction", status: 400, message: NOT_SERVED("autoscaling") },
    cloudformation: { code: "InvalidAction", status: 400, message: NOT_SERVED("cloudformation") },
    ecs: { code: "ClientException", status: 400, message: /^No container engine is bound.*driver: docker/ },
    dynamodb: { code: "UnknownOperationException", status: 404, message: NOT_SERVED("dynamodb") },
    lambda: {
      code: "InvalidParameterValueException",
      status: 400,
      message: /^No functions are bound.*driver: functions/,
    },
    apigateway: { code: "UnknownOperationException", status: 404, message: NOT_SERVED("apigateway") },
    route53: { code: "InvalidAction", status: 400, message: NOT_SERVED("route53") },
    cloudfront: { code: "InvalidAction", status: 400, message: NOT_SERVED("cloudfront") },
    sts: { code: "InvalidAction", status: 400, message: /^Could not find operation GetSessionToken/ },
    "sts with a stranger's key": { code: "InvalidClientTokenId", status: 403, message: /no access key AKIASTRANGER/ },
    "sts unsigned": { code: "MissingAuthenticationToken", status: 403, message: /^Missing Authentication Token/ },
    "codedeploy unsigned": {
      code: "MissingAuthenticationTokenException",
      status: 400,
      message: /^Missing Authentication Token/,
    },
    "s3 get unsigned": DENIED,
    "s3 list unsigned": DENIED,
    "s3 buckets unsigned": DENIED,
    "s3 put unsigned": DENIED,
    "s3 parts unsigned": DENIED,
    "s3 delete unsigned": DENIED,
    "s3 get, Signature V2": { code: "InvalidRequest", status: 400, message: OLD_SIGNATURE },
    "s3 get, a stranger's key": { code: "InvalidAccessKeyId", status: 403, message: /no access key AKIASTRANGER/ },
  };

it("boto3 reads each in its own protocol", async (context) => {
  context.skip(!hasBoto, "python3 has no boto3: pip install boto3");
  const script = join(import.meta.dirname, "other-services-boto3.py");
  const { stdout, stderr, exitCode } = await runProgram("python3", [script], await server.environment());
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const {
    "url, Signature V2": oldUrl,
    "url, plain": plain,
    ...answers
  } = JSON.parse(stdout) as Record<string, Understood>;
  const expected = Object.entries(EXPECTED).map(([call, { message, ...rest }]) => [
    call,
    { ...rest, message: expect.stringMatching(message) },
  ]);
  expect(answers).toEqual(Object.fromEntries(expected));
  expect(oldUrl).toEqual({
    status: 400,
    type: "application/xml",
    body: expect.stringMatching(/<Code>InvalidRequest<\/Code>.*AWS4-HMAC-SHA256/),
  });
  expect(plain).toEqual({
    status: 403,
    type: "application/xml",
    body: expect.stringMatching(/<Code>AccessDenied<\/Code>.*<Resource>\/revisions\/a\/b\.tgz<\/Resource>/),
  });
});

it("the AWS SDK for JavaScript reads an unsigned object's refusal", async () => {
  const client = new S3Client({
    endpoint: server.url(),
    region: "us-east-1",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: "x", secretAccessKey: "x" },
    signer: { sign: async (request) => request },
  });
  await expect(client.send(new GetObjectCommand({ Bucket: "revisions", Key: "a" }))).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringMatching(/^Access Denied\./),
    $metadata: { httpStatusCode: 403 },
  });
  client.destroy();
});

describe("bare requests", () => {
  const send = (path: string, init: RequestInit = {}) => fetch(`${server.url()}${path}`, init);

  it.each([
    ["a browser at an object", "/revisions/a", {}, 403, /<Code>AccessDenied<\/Code>/],
    [
      "a foreign scheme",
      "/revisions/a",
      { headers: { authorization: "Bearer x" } },
      400,
      /<Code>AuthorizationHeaderMalformed<\/Code>.*Bearer/,
    ],
    [
      "half a presigned URL",
      "/revisions/a?X-Amz-Credential=A/20261129/us-east-1/s3/aws4_request",
      {},
      403,
      /<Code>AccessDenied<\/Code>/,
    ],
    [
      "a form without a signature",
      "/",
      {
        method: "POST",
        body: "Action=CreateUser&Version=2010-05-08",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      },
      403,
      /<Code>MissingAuthenticationToken<\/Code>/,
    ],
    [
      "an upload by a browser's form",
      "/revisions",
      { method: "POST", body: new FormData() },
      403,
      /<Code>AccessDenied<\/Code>/,
    ],
    ["a path of Sluice's own", "/-/events", {}, 400, /"__type":"MissingAuthenticationTokenException"/],
    [
      "an AWS JSON 1.0 call",
      "/",
      {
        method: "POST",
        body: "{}",
        headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.ListTables" },
      },
      404,
      /"__type":"UnknownOperationException"/,
    ],
  ] as const)("%s", async (_, path, init, status, body) => {
    const answer = await send(path, init as RequestInit);
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringMatching(body)]);
  });

  it("are answered in the JSON version that they speak", async () => {
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.ListTables" };
    const answer = await send("/", { method: "POST", body: "{}", headers });
    expect(answer.headers.get("content-type")).toBe("application/x-amz-json-1.0");
  });
});
