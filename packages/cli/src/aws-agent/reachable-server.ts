import { lookup } from "node:dns/promises";
import { request } from "node:https";
import { isIP } from "node:net";
import { isLoopbackUrl } from "@sluice/model/loopback-url.ts";
import type { TlsTrust } from "@sluice/wire/client/connection-agent.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";

const ANSWER_TIMEOUT_MILLISECONDS = 5_000;
const MISDIRECTED = 421;
const COMMANDS = "the commands are in docs/guides/aws-agent.md, Move a host to Sluice";

/**
 * The address by which the host reaches the server: what the caller gave, or else that of the connection, unless it is this machine's own.
 * @throws CommandFailed when it is not https, or nobody else could use it
 */
export function serverForHost(given: string | undefined, connected: string): string {
  const url = parse(given ?? connected, given === undefined ? "the server's address" : "--server");
  if (url.protocol !== "https:") {
    throw usage(
      `${url.origin} has no TLS, and AWS's agent connects with TLS only. Start the server with --listen 0.0.0.0:7450 or --tls-cert, and name it: --server https://NAME:7450`,
    );
  }
  if (given === undefined && isLoopbackUrl(url.origin)) {
    throw usage(
      `${url.origin} is this machine's own address. Say how the host reaches the server: --server https://NAME:${url.port || "443"}`,
    );
  }
  return url.origin;
}

/**
 * The same server by an address in place of its name. AWS's agent asks for BUCKET.NAME where S3 has a name, which takes a wildcard record and a
 * wildcard certificate; where it has an address, it asks for the bucket by its path. It polls at the name.
 * @throws CommandFailed when the certificate lacks the name or all of its addresses, or the server does not answer to them
 */
export async function addressOfServer(
  endpoint: string,
  tls: TlsTrust | undefined,
  resolve: (name: string) => Promise<readonly string[]> = addressesOf,
): Promise<string> {
  const url = new URL(endpoint);
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const isAddress = isIP(name) !== 0;
  const troubles: string[] = [];
  for (const address of isAddress ? [name] : await resolve(name)) {
    const trouble =
      (isAddress ? undefined : await whyNotAt(address, name, url, tls)) ?? (await whyNotAt(address, address, url, tls));
    if (trouble === undefined) return `https://${authority(address, url)}`;
    troubles.push(`${address}: ${trouble}`);
  }
  throw new CommandFailed(
    `AWS's agent polls at ${url.origin} and asks for buckets at its address, and that cannot be (${troubles.join("; ") || `${name} has no address`}). ` +
      `Put ${isAddress ? "the address" : "the name and the address"} into the certificate and into server.names (${COMMANDS})` +
      (isAddress
        ? ""
        : `, or, where *.${name} has a DNS record and is in the certificate: --s3-endpoint ${url.origin}`),
  );
}

/** @throws CommandFailed unless it is an https address */
export function givenS3Endpoint(text: string): string {
  const url = parse(text, "--s3-endpoint");
  if (url.protocol !== "https:") throw usage(`--s3-endpoint ${text} has no TLS: give an https address`);
  return url.origin;
}

/**
 * Asks once: whether the certificate has the name, or the address by itself, and whether the server answers to it, is known only from the server.
 * @param name what is called: the address itself, or a name that leads to it
 */
function whyNotAt(address: string, name: string, url: URL, tls: TlsTrust | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asked = request(
      {
        host: address,
        ...(isIP(name) === 0 ? { servername: name } : {}),
        port: url.port || 443,
        path: "/",
        ca: tls?.ca,
        headers: { host: authority(name, url) },
        timeout: ANSWER_TIMEOUT_MILLISECONDS,
        agent: false,
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === MISDIRECTED ? `the server does not answer to ${name}` : undefined);
      },
    );
    asked.on("timeout", () => asked.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MILLISECONDS / 1000} s`)));
    asked.on("error", ({ message }) => resolve(message));
    asked.end();
  });
}

function authority(name: string, { port }: URL): string {
  return `${isIP(name) === 6 ? `[${name}]` : name}${port && `:${port}`}`;
}

/** None of a name that leads nowhere. */
async function addressesOf(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

function parse(text: string, what: string): URL {
  try {
    return new URL(text);
  } catch {
    throw usage(`${what} is ${text}, which is no address: give it as https://NAME:7450`);
  }
}

function usage(message: string): CommandFailed {
  return new CommandFailed(message, { exitStatus: EXIT_USAGE });
}
