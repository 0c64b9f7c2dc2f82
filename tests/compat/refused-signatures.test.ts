import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@sluice/server/store/open-store.ts";
import { presignUrl } from "@sluice/wire/sigv4/sign.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { type RawAnswer, RawCaller, type SignedCall } from "./raw-caller.fixture.ts";

/** A call that is served when it is signed well, in each protocol. */
const CALLS = {
  json: {},
  query: {
    service: "sts",
    target: null,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
  },
  rest: { service: "lambda", target: null, method: "GET", path: "/2015-03-31/functions", body: "" },
  s3: { service: "s3", target: null, method: "GET", path: "/revisions", body: "" },
} as const satisfies Record<string, SignedCall>;
type Protocol = keyof typeof CALLS;
const PROTOCOLS = Object.keys(CALLS) as readonly Protocol[];

/** A long while from now, and one that has been. */
const HOUR_MILLISECONDS = 3_600_000;
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const ROLE = "deployer";
const KEYS = { living: "ASIALIVINGAAAAAAAAAA", other: "ASIAOTHERAAAAAAAAAAA", past: "ASIAPASTAAAAAAAAAAAA" };
const HOST_KEY = "AKIAHOSTAAAAAAAAAAAA";
const READ_KEY = "AKIAREADAAAAAAAAAAAA";
const HOST_USER = "arn:aws:iam::111122223333:user/rack-1";

let folder: string;
let server: SluiceServer;
let raw: RawCaller;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-signatures-"));
  const config = join(folder, "sluice.yml");
  const binding = '{ match: "*", port: function-alias, driver: functions, settings: { isolation: none } }';
  writeFileSync(config, `bindings:\n  - ${binding}\n`);
  server = await startSluiceServer({ args: ["--config", config] });
  raw = new RawCaller(server);
  const host = { instanceName: "rack-1", iamUserArn: HOST_USER };
  expect((await raw.operation("RegisterOnPremisesInstance", host)).status).toBe(200);
  raw.close();
  await server.stop();
  await putKeys();
  await server.start();
  raw = new RawCaller(server);
  await raw.call({ ...CALLS.s3, method: "PUT" });
});

afterAll(async () => {
  const log = server.log();
  raw.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
  expect(log).not.toContain(SECRET);
  expect(log).not.toContain(raw.secretAccessKey);
});

/** Of each protocol: what it says of a refusal, and with which status. */
type Answers = Readonly<Record<Protocol, readonly [status: number, code: string]>>;

const MISMATCH: Answers = {
  json: [400, "InvalidSignatureException"],
  query: [403, "SignatureDoesNotMatch"],
  rest: [403, "InvalidSignatureException"],
  s3: [403, "SignatureDoesNotMatch"],
};
const SKEWED: Answers = { ...MISMATCH, s3: [403, "RequestTimeTooSkewed"] };
const UNKNOWN: Answers = {
  json: [400, "UnrecognizedClientException"],
  query: [403, "InvalidClientTokenId"],
  rest: [403, "UnrecognizedClientException"],
  s3: [403, "InvalidAccessKeyId"],
};
const EXPIRED: Answers = {
  json: [400, "ExpiredTokenException"],
  query: [403, "ExpiredToken"],
  rest: [403, "ExpiredTokenException"],
  s3: [400, "ExpiredToken"],
};

const session = (name: keyof typeof KEYS, tokenOf = name) => ({
  accessKeyId: KEYS[name],
  secretAccessKey: SECRET,
  sessionToken: `token-of-${tokenOf}`,
});

const REFUSED: readonly (readonly [what: string, call: SignedCall, answers: Answers])[] = [
  ["a wrong secret", { secretAccessKey: "x".repeat(40) }, MISMATCH],
  ["a clock six minutes behind", { clockAheadSeconds: -360 }, SKEWED],
  ["a clock six minutes ahead", { clockAheadSeconds: 360 }, SKEWED],
  ["a key that there is not", { accessKeyId: "AKIANOBODYAAAAAAAAAA" }, UNKNOWN],
  ["a session token with a key that has none", { sessionToken: "token-of-living" }, UNKNOWN],
  ["another session's token", session("living", "other"), UNKNOWN],
  ["a temporary key without its token", { accessKeyId: KEYS.living, secretAccessKey: SECRET }, UNKNOWN],
  ["a temporary key that has expired", session("past"), EXPIRED],
  ["a temporary key with a wrong secret", { ...session("living"), secretAccessKey: "x".repeat(40) }, MISMATCH],
];

describe.each(PROTOCOLS)("over %s", (protocol) => {
  it.each([
    ["signed well", {}],
    ["by a clock four minutes ahead", { clockAheadSeconds: 240 }],
    ["by a clock four minutes behind", { clockAheadSeconds: -240 }],
    ["by a temporary key with its token", session("living")],
  ] as const)("a call %s is served", async (_, call) => {
    const answer = await raw.call({ ...CALLS[protocol], ...call });
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  });

  it.each(REFUSED)("refuses %s", async (_, call, answers) => {
    const answer = await raw.call({ ...CALLS[protocol], ...call });
    expect([answer.status, codeOf(answer)]).toEqual(answers[protocol]);
    expect(answer.text).not.toContain(SECRET);
    expect(answer.text).not.toContain("token-of-");
  });
});

it.each([
  ["s3", "s3", "/revisions", [403, "AccessDenied"]],
  ["query", "sts", "/?Action=GetCallerIdentity&Version=2011-06-15", [400, "RequestExpired"]],
] as const)("refuses a presigned URL of %s that has expired", async (_, service, path, refusal) => {
  const at = (now: Date) => {
    const credentials = { accessKeyId: raw.accessKeyId, secretAccessKey: raw.secretAccessKey };
    const url = `${raw.url.origin}${path}`;
    const signed = presignUrl({
      method: "GET",
      url,
      credentials,
      region: "us-east-1",
      service,
      now,
      expiresSeconds: 60,
    });
    return raw.send({ method: "GET", path: signed.slice(raw.url.origin.length), headers: {}, body: Buffer.alloc(0) });
  };
  expect((await at(new Date())).status).toBe(200);
  const expired = await at(new Date(Date.now() - 2 * 60_000));
  expect([expired.status, codeOf(expired)]).toEqual(refusal);
});

describe("keys that are for something else", () => {
  const hostKey = { accessKeyId: HOST_KEY, secretAccessKey: SECRET };
  const readKey = { accessKeyId: READ_KEY, secretAccessKey: SECRET };
  const poll = {
    service: "codedeploy-commands",
    target: "CodeDeployCommandService_v20141006.PollHostCommand",
    body: JSON.stringify({ HostIdentifier: HOST_USER }),
  };

  it.each([
    ["a host's key on the API", { ...CALLS.json, ...hostKey }, [400, "AccessDeniedException"]],
    ["a host's key on Lambda", { ...CALLS.rest, ...hostKey }, [403, "AccessDeniedException"]],
    ["a host's key on the buckets", { ...CALLS.s3, ...hostKey }, [403, "AccessDenied"]],
    ["an API key that polls as a host", { ...poll, ...readKey }, [400, "AccessDeniedException"]],
    [
      "a host whose clock is six minutes behind",
      { ...poll, ...hostKey, clockAheadSeconds: -360 },
      [400, "InvalidSignatureException"],
    ],
    [
      "a host whose clock is six minutes ahead",
      { ...poll, ...hostKey, clockAheadSeconds: 360 },
      [400, "InvalidSignatureException"],
    ],
    [
      "a host with a wrong secret",
      { ...poll, ...hostKey, secretAccessKey: "x".repeat(40) },
      [400, "InvalidSignatureException"],
    ],
  ] as const)("are refused: %s", async (_, call, refusal) => {
    const answer = await raw.call(call);
    expect([answer.status, codeOf(answer)]).toEqual(refusal);
  });
});

function codeOf({ headers, text }: RawAnswer): string | undefined {
  const type = headers["x-amzn-errortype"];
  if (typeof type === "string") return type;
  if (text.startsWith("<")) return /<Code>(\w+)<\/Code>/.exec(text)?.[1];
  return (JSON.parse(text) as { readonly __type?: string }).__type;
}

/** Beside the root key: those of sessions, of a host and of a reader. */
async function putKeys(): Promise<void> {
  const { db, close } = await openedStore();
  const created_at = Date.now();
  await db
    .insertInto("iam_roles")
    .values({
      role_name: ROLE,
      name_key: ROLE,
      role_id: "AROAAAAAAAAAAAAAAAAAA",
      path: "/",
      max_session_seconds: 3600,
      // A session is of the role that there was when it began.
      created_at: created_at - HOUR_MILLISECONDS,
    } as never)
    .execute();
  await db
    .insertInto("iam_attachments")
    .values({
      owner_kind: "role",
      owner_name: ROLE,
      policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
    } as never)
    .execute();
  for (const [name, access_key_id] of Object.entries(KEYS)) {
    const row = {
      access_key_id,
      secret_access_key: SECRET,
      token_sha256: createHash("sha256").update(`token-of-${name}`).digest("hex"),
      role_name: ROLE,
      session_name: name,
      source_access_key_id: raw.accessKeyId,
      session_policies_json: "[]",
      created_at: created_at - HOUR_MILLISECONDS,
      expires_at: created_at + (name === "past" ? -1 : HOUR_MILLISECONDS),
    };
    await db
      .insertInto("sts_sessions")
      .values(row as never)
      .execute();
  }
  const keys = [
    { access_key_id: HOST_KEY, role: "host", host_id: "rack-1" },
    { access_key_id: READ_KEY, role: "read-only", host_id: null },
  ];
  for (const key of keys) {
    await db
      .insertInto("access_keys")
      .values({ ...key, secret_access_key: SECRET, created_at } as never)
      .execute();
  }
  await close();
}

async function openedStore() {
  const store = await openStore({ dataDirectory: server.data });
  return { db: store.db, close: () => store.close() };
}
