import type { IncomingMessage } from "node:http";
import { http } from "@sluice/wire/client/node-http.ts";
import type { S3Credentials } from "../host-config.ts";

type Keys = Omit<S3Credentials, "region">;

/** AWS's documentation, "Use the Instance Metadata Service". Never through a proxy: a proxy would answer with its own role. */
const ENDPOINT = "http://169.254.169.254";
const ROLES_PATH = "/latest/meta-data/iam/security-credentials/";
const TOKEN_SECONDS = 300;
const ANSWER_MILLISECONDS = 2_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** AWS has new ones ready at least five minutes before the old ones end. */
const RENEW_BEFORE_MILLISECONDS = 5 * 60_000;

/** By endpoint, of which a host has one. */
const known = new Map<string, { readonly keys: Keys; readonly expiresAt: number }>();

/** The keys of the role that the cloud gives this instance, kept until shortly before they end. Rejects with the reason in words. */
export async function credentialsOfInstance(endpoint = ENDPOINT, now = Date.now): Promise<Keys> {
  const kept = known.get(endpoint);
  if (kept !== undefined && now() < kept.expiresAt - RENEW_BEFORE_MILLISECONDS) return kept.keys;
  const token = await tokenOf(endpoint);
  const roles = await ask(endpoint, ROLES_PATH, token);
  const role = roles.split("\n", 1)[0]?.trim() ?? "";
  if (role === "") throw new Error("the instance has no role");
  const { AccessKeyId, SecretAccessKey, Token, Expiration, ...said } = keysIn(
    await ask(endpoint, `${ROLES_PATH}${encodeURIComponent(role)}`, token),
    role,
  );
  if (!AccessKeyId || !SecretAccessKey) {
    throw new Error(`the role ${role} has no keys (${said.Code ?? "no code"}: ${said.Message ?? "no message"})`);
  }
  const keys = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(Token ? { sessionToken: Token } : {}),
  };
  const expiresAt = Date.parse(Expiration ?? "");
  if (Number.isFinite(expiresAt)) known.set(endpoint, { keys, expiresAt });
  return keys;
}

/** The parser's message would quote the text, which holds keys. */
function keysIn(text: string, role: string): Readonly<Record<string, string | undefined>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, string | undefined>>;
  } catch {
    throw new Error(`the keys of the role ${role} came as something else than JSON`);
  }
}

export async function regionOfInstance(endpoint = ENDPOINT): Promise<string> {
  return (await ask(endpoint, "/latest/meta-data/placement/region", await tokenOf(endpoint))).trim();
}

/** Version 2 alone: version 1 answers whoever makes this host ask, without a header that only a program can send. */
function tokenOf(endpoint: string): Promise<string> {
  return ask(endpoint, "/latest/api/token", undefined);
}

async function ask(endpoint: string, path: string, token: string | undefined): Promise<string> {
  const url = new URL(path, endpoint);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = http.request(
      url,
      {
        method: token === undefined ? "PUT" : "GET",
        headers:
          token === undefined
            ? { "x-aws-ec2-metadata-token-ttl-seconds": String(TOKEN_SECONDS), "content-length": "0" }
            : { "x-aws-ec2-metadata-token": token },
        signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
      },
      resolve,
    );
    request.once("error", (error) => reject(new Error(noAnswer(endpoint, error))));
    request.end();
  });
  let text = "";
  for await (const chunk of response as AsyncIterable<Buffer>) {
    text += chunk.toString("utf8");
    if (text.length > MAX_ANSWER_BYTES) throw new Error(`${url.href} answers with more than ${MAX_ANSWER_BYTES} bytes`);
  }
  if (response.statusCode === 200) return text;
  if (response.statusCode === 404 && path === ROLES_PATH) throw new Error("the instance has no role");
  throw new Error(`${url.href} answered HTTP ${response.statusCode}`);
}

function noAnswer(endpoint: string, { name, message }: Error): string {
  if (name !== "AbortError" && name !== "TimeoutError") return `${endpoint} does not answer (${message})`;
  return (
    `${endpoint} does not answer in ${ANSWER_MILLISECONDS / 1000} s (in a container, the instance needs a hop limit of 2: ` +
    "aws ec2 modify-instance-metadata-options --http-put-response-hop-limit 2 --instance-id ID)"
  );
}
