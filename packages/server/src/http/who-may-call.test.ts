import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { s3Handler } from "@sluice/bucket/http/s3-routes.ts";
import type { S3Call } from "@sluice/bucket/protocol/s3-call.ts";
import { type BucketStore, openBucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { ELBV2_SERVICE } from "@sluice/wire/query/elbv2-service.ts";
import { STS_SERVICE } from "@sluice/wire/query/sts-service.ts";
import { LAMBDA_SERVICE } from "@sluice/wire/rest-json/lambda-service.ts";
import { signRequest } from "@sluice/wire/sigv4/sign.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Action } from "../access/action.ts";
import type { Principal } from "../access/principal.ts";
import type { NeedsParts } from "../needs/require-needs.ts";
import { pageTokens } from "../operations/page-tokens.ts";
import type { AccessKey, AccessKeys } from "../store/access-keys.ts";
import { authenticate } from "./authenticate.ts";
import { jsonServices } from "./json-services.ts";
import { ownDoors } from "./own-doors.ts";
import { reachBy } from "./reached-name.ts";
import { s3Authorize } from "./s3-access.ts";
import { ServerNames } from "./server-names.ts";
import { signedRoute } from "./signed-route.ts";
import { speakJson } from "./speak-json.ts";
import { lambdaAction } from "./speak-lambda.ts";
import { speakQuery } from "./speak-query.ts";
import { speakRestJson } from "./speak-rest-json.ts";
import { UnprovedBodies } from "./unproved-bodies.ts";
import { MAX_SMALL_BODY_BYTES } from "./wire-service.ts";

const REGION = "us-east-1";
const ACCOUNT = "111122223333";
/** What users need is tried elsewhere. */
const NO_NEEDS = { needsOf: () => [], needsParts: {} as NeedsParts };
const ROLES = ["root", "read-only", "host", "function", "server"] as const;
const KEYS: readonly AccessKey[] = ROLES.map((role) => ({
  role,
  accessKeyId: `KEY_${role.replace("-", "_")}`,
  secretAccessKey: `secret of ${role}`,
  hostId: role === "host" ? "web-1" : null,
  ...(role === "function" && { functionName: "check" }),
}));

/** A function whose Role sluice.yml gives more to. */
const GRANTED: AccessKey = {
  role: "function",
  accessKeyId: "KEY_granted",
  secretAccessKey: "secret of granted",
  hostId: null,
  functionName: "granted",
};
const GRANTS_OF_GRANTED = ["codedeploy:GetDeployment", "s3:ListAllMyBuckets", "sluice:StreamEvents"] as const;

interface S3Request {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** What sets it apart from the operation's others. */
  readonly what?: string;
}

const COPY = { "x-amz-copy-source": "/b/source" };
const FACTS = ["location", "acl", "ownershipControls", "logging", "notification", "accelerate", "requestPayment"];
const CONFIGURATIONS = [
  ...["cors", "encryption", "lifecycle", "object-lock", "policy", "policyStatus"],
  ...["publicAccessBlock", "replication", "tagging", "website"],
];
const subresource = (what: string): S3Request => ({ method: "GET", path: `/b?${what}`, what });

/** Every operation of S3 that is served, by the requests that clients make. */
const S3_REQUESTS: Readonly<Record<S3Call["operation"], readonly S3Request[]>> = {
  ListBuckets: [{ method: "GET", path: "/" }],
  CreateBucket: [{ method: "PUT", path: "/b" }],
  HeadBucket: [{ method: "HEAD", path: "/b" }],
  DeleteBucket: [{ method: "DELETE", path: "/b" }],
  DeleteObjects: [{ method: "POST", path: "/b?delete" }],
  GetBucketVersioning: [{ method: "GET", path: "/b?versioning" }],
  PutBucketVersioning: [{ method: "PUT", path: "/b?versioning" }],
  GetBucketFact: FACTS.map(subresource),
  GetAbsentConfiguration: CONFIGURATIONS.map(subresource),
  ListObjects: [{ method: "GET", path: "/b" }],
  ListObjectsV2: [{ method: "GET", path: "/b?list-type=2" }],
  ListObjectVersions: [{ method: "GET", path: "/b?versions" }],
  ListMultipartUploads: [{ method: "GET", path: "/b?uploads" }],
  GetObject: [
    { method: "GET", path: "/b/k" },
    { method: "GET", path: "/b/k?versionId=null", what: "of a version" },
  ],
  HeadObject: [{ method: "HEAD", path: "/b/k" }],
  GetObjectAcl: [{ method: "GET", path: "/b/k?acl" }],
  GetObjectAttributes: [{ method: "GET", path: "/b/k?attributes", headers: { "x-amz-object-attributes": "ETag" } }],
  GetObjectTagging: [{ method: "GET", path: "/b/k?tagging" }],
  PutObjectTagging: [{ method: "PUT", path: "/b/k?tagging" }],
  DeleteObjectTagging: [{ method: "DELETE", path: "/b/k?tagging" }],
  PutObject: [{ method: "PUT", path: "/b/k" }],
  CopyObject: [{ method: "PUT", path: "/b/k", headers: COPY }],
  DeleteObject: [
    { method: "DELETE", path: "/b/k" },
    { method: "DELETE", path: "/b/k?versionId=null", what: "of a version" },
  ],
  CreateMultipartUpload: [{ method: "POST", path: "/b/k?uploads" }],
  UploadPart: [{ method: "PUT", path: "/b/k?uploadId=u&partNumber=1" }],
  UploadPartCopy: [{ method: "PUT", path: "/b/k?uploadId=u&partNumber=1", headers: COPY }],
  CompleteMultipartUpload: [{ method: "POST", path: "/b/k?uploadId=u" }],
  AbortMultipartUpload: [{ method: "DELETE", path: "/b/k?uploadId=u" }],
  ListParts: [{ method: "GET", path: "/b/k?uploadId=u" }],
};

let directory: string;
let bucket: BucketStore;
let server: Server;
let origin: string;
/** Whether what a host asks for is the bundle of its deployment. */
let isItsBundle = false;

/** The server's own doors, in front of operations that do nothing. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-who-may-call-"));
  bucket = await openBucketStore({ directory, now: () => new Date() });
  const authenticator = {
    accessKeys: {
      find: async (id: string) => [...KEYS, GRANTED].find((key) => key.accessKeyId === id) ?? null,
    } as AccessKeys,
    now: Date.now,
    region: REGION,
    grantsOfFunction: async (name: string) => new Set<Action>(name === "granted" ? GRANTS_OF_GRANTED : []),
  };
  const reach = reachBy(new ServerNames({ listen: ["127.0.0.1"], configured: [] }));
  const services = jsonServices({ operations: {} } as Parameters<typeof jsonServices>[0]);
  const s3 = s3Handler<Principal>({
    store: bucket,
    pageTokens: pageTokens("the secret of a test", ACCOUNT),
    accountId: ACCOUNT,
    region: REGION,
    reach: (request) => reach(request, true),
    hasTooManyPieces: () => false,
    authenticate: (request) => authenticate(request, authenticator),
    authorize: s3Authorize(() => isItsBundle),
  });
  server = createServer(
    signedRoute({
      ...authenticator,
      services: [
        speakJson({
          services: services.map((service) => ({ ...service, call: async () => ({}) })),
          doors: ownDoors({} as Parameters<typeof ownDoors>[0]),
          accountId: ACCOUNT,
        }),
        speakQuery({ service: STS_SERVICE, accountId: ACCOUNT, ...NO_NEEDS, call: async () => ({}) }),
        speakQuery({ service: ELBV2_SERVICE, accountId: ACCOUNT, ...NO_NEEDS, call: async () => ({}) }),
        speakRestJson({
          service: LAMBDA_SERVICE,
          accountId: ACCOUNT,
          ...NO_NEEDS,
          actionOf: lambdaAction,
          inputMaxBytes: () => MAX_SMALL_BODY_BYTES,
          call: async () => ({ output: {} }),
        }),
        { protocol: "s3", signingNames: ["s3"], handle: s3 },
      ],
      reach,
      unprovedBodies: new UnprovedBodies(),
      onInternalError: () => {},
      onProved: () => {},
      admit: async () => {},
      onUnheard: () => {},
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await bucket.close();
  rmSync(directory, { recursive: true });
});

interface Call {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string> | undefined;
  readonly body?: string;
}

function ask(role: (typeof ROLES)[number], call: Call) {
  return askWith(KEYS.find((key) => key.role === role)!, call);
}

async function askWith(credentials: AccessKey, { service, method, path, headers = {}, body }: Call) {
  const url = `${origin}${path}`;
  const signed = signRequest({ method, url, headers, body, credentials, region: REGION, service, now: new Date() });
  const answer = await fetch(url, { method, headers: signed, ...(body !== undefined && { body }) });
  return { status: answer.status, text: await answer.text() };
}

/** What would say nothing of rights. */
const MISTAKES = /Signature|AccessKeyId|UnrecognizedClient|UnknownOperation|InvalidAction/;

/** A HEAD has no body that tells why. */
function isRefused({ status, text }: { status: number; text: string }): boolean {
  expect(text).not.toMatch(MISTAKES);
  return status === 403 || /AccessDenied/.test(text);
}

async function rowOf(name: string, call: Call): Promise<string> {
  const allowed: string[] = [];
  for (const role of ROLES) {
    isItsBundle = false;
    if (!isRefused(await ask(role, call))) allowed.push(role);
    else {
      isItsBundle = true;
      if (!isRefused(await ask(role, call))) allowed.push(`${role}'s-bundle`);
    }
  }
  return `${name}: ${allowed.join(" ")}`;
}

const json = (service: string, prefix: string, operation: string): Call => ({
  service,
  method: "POST",
  path: "/",
  headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `${prefix}.${operation}` },
  body: "{}",
});

it("answers each role as the table says", async () => {
  const rows: string[] = [];
  for (const { signingNames, targetPrefixes, table } of jsonServices({ operations: {} } as Parameters<
    typeof jsonServices
  >[0])) {
    for (const operation of Object.keys(table)) {
      const call = json(signingNames[0]!, targetPrefixes[0]!, operation);
      rows.push(await rowOf(`${signingNames[0]} ${operation}`, call));
    }
  }
  const identity = { service: "sts", method: "GET", path: "/?Action=GetCallerIdentity&Version=2011-06-15" };
  rows.push(await rowOf("sts GetCallerIdentity", identity));
  for (const operation of Object.keys(ELBV2_SERVICE.table)) {
    const path = `/?Action=${operation}&Version=${ELBV2_SERVICE.version}`;
    const call = { service: ELBV2_SERVICE.signingName, method: "GET", path };
    rows.push(await rowOf(`elasticloadbalancing ${operation}`, call));
  }
  for (const [operation, { method, path }] of Object.entries(LAMBDA_SERVICE.http)) {
    const call = { service: "lambda", method, path: path.replaceAll(/\{\w+\}/g, "x") };
    rows.push(await rowOf(`lambda ${operation}`, call));
  }
  // What is wrong with these two is told to those who may call.
  rows.push(await rowOf("events", { service: "codedeploy", method: "GET", path: "/-/events?deployment=none" }));
  rows.push(await rowOf("agent-program", { service: "sluice", method: "GET", path: "/-/agent-program/linux-x64" }));
  rows.push(await rowOf("backup", { service: "codedeploy", method: "GET", path: "/-/backup" }));
  for (const [operation, requests] of Object.entries(S3_REQUESTS)) {
    for (const { method, path, headers, what } of requests) {
      const name = what === undefined ? operation : `${operation} ${what}`;
      rows.push(await rowOf(`s3 ${name}`, { service: "s3", method, path, headers }));
    }
  }
  await expect(`${rows.join("\n")}\n`).toMatchFileSnapshot("who-may-call.fixture.txt");
});

describe("a function whose Role was given actions", () => {
  it.each([
    ["an operation", json("codedeploy", "CodeDeploy_20141006", "GetDeployment"), true],
    ["another operation", json("codedeploy", "CodeDeploy_20141006", "ListDeployments"), false],
    ["an operation of S3", { service: "s3", method: "GET", path: "/" }, true],
    ["another operation of S3", { service: "s3", method: "GET", path: "/b" }, false],
    ["a door", { service: "codedeploy", method: "GET", path: "/-/events?deployment=none" }, true],
    ["another door", { service: "codedeploy", method: "GET", path: "/-/backup" }, false],
    [
      "what every function may",
      { service: "sts", method: "GET", path: "/?Action=GetCallerIdentity&Version=2011-06-15" },
      true,
    ],
  ] as const)("may call %s: %j", async (_, call, may) => {
    expect(isRefused(await askWith(GRANTED, call))).toBe(!may);
    const without = call.service === "sts";
    expect(isRefused(await ask("function", call))).toBe(!without);
  });
});

describe("a refusal says who is refused what", () => {
  const readOnly = `arn:aws:iam::${ACCOUNT}:user/sluice/read-only`;
  it.each([
    [
      "read-only" as const,
      json("codedeploy", "CodeDeploy_20141006", "CreateDeployment"),
      400,
      `User: ${readOnly} is not authorized to perform: codedeploy:CreateDeployment. The access key KEY_read_only has the role 'read-only', which may not call CreateDeployment.`,
    ],
    [
      "read-only" as const,
      json("codedeploy-commands", "CodeDeployCommandService_v20141006", "PollHostCommand"),
      400,
      `User: ${readOnly} is not authorized to perform: codedeploy-commands:PollHostCommand. The access key KEY_read_only has the role 'read-only', which may not call PollHostCommand.`,
    ],
    [
      "host" as const,
      json("sluice", "Sluice_20261101", "ListHosts"),
      400,
      `User: arn:aws:iam::${ACCOUNT}:user/sluice/web-1 is not authorized to perform: sluice:ListHosts. The access key KEY_host has the role 'host', which may not call ListHosts.`,
    ],
    [
      "function" as const,
      json("codedeploy", "CodeDeploy_20141006", "GetDeployment"),
      400,
      `User: arn:aws:iam::${ACCOUNT}:user/sluice/function/check is not authorized to perform: codedeploy:GetDeployment. The access key KEY_function has the role 'function', which may not call GetDeployment.`,
    ],
    [
      "host" as const,
      { service: "sluice", method: "GET", path: "/-/events" },
      400,
      "A host's key may not read events.",
    ],
    [
      "server" as const,
      { service: "sluice", method: "GET", path: "/-/events" },
      400,
      "A host's key may not read events.",
    ],
    [
      "read-only" as const,
      { service: "sluice", method: "GET", path: "/-/backup" },
      400,
      "Only root's key may take a backup: it holds every key of the server.",
    ],
  ])("%s %j", async (role, call, status, message) => {
    const answer = await ask(role, call);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({ __type: "AccessDeniedException", message });
  });

  it("in S3's own words", async () => {
    const answer = await ask("read-only", { service: "s3", method: "PUT", path: "/b/k" });
    expect(answer.status).toBe(403);
    expect(answer.text).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>AccessDenied<\/Code><Message>Access Denied<\/Message><Resource>\/b\/k<\/Resource>/,
    );
  });
});
