import { lookup } from "node:dns/promises";
import { request } from "node:https";
import { isIP } from "node:net";
import { isLoopbackUrl } from "@sluice/model/loopback-url.ts";
import type { TlsTrust } from "@sluice/wire/client/connection-agent.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";

const ANSWER_TIMEOUT_MILLISECONDS = 5_000;
const MISDIRECTED = 421;
const CERTIFICATE_PAGE = "docs/reference/sluice-yml.md, The server's names";

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
 * wildcard certificate; where it has an address, it asks for the bucket by its path.
 * @throws CommandFailed when the certificate has none of the name's addresses, or the server does not answer to it
 */
export async function addressOfServer(endpoint: string, tls: TlsTrust | undefined): Promise<string> {
  const url = new URL(endpoint);
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(name)
    ? [name]
    : (await lookup(name, { all: true }).catch(noAddress)).map(({ address }) => address);
  const troubles: string[] = [];
  for (const address of addresses) {
    const trouble = await whyNotAt(address, url, tls);
    if (trouble === undefined)
      return `https://${isIP(address) === 6 ? `[${address}]` : address}${url.port && `:${url.port}`}`;
    troubles.push(`${address}: ${trouble}`);
  }
  throw new CommandFailed(
    `AWS's agent needs the server's address for buckets, and none can be used (${troubles.join("; ") || `${name} has no address`}). ` +
      `Put the address into the certificate and into server.names (${CERTIFICATE_PAGE}), ` +
      `or, where *.${name} has a DNS record and is in the certificate: --s3-endpoint ${url.origin}`,
  );
}

/** @throws CommandFailed unless it is an https address */
export function givenS3Endpoint(text: string): string {
  const url = parse(text, "--s3-endpoint");
  if (url.protocol !== "https:") throw usage(`--s3-endpoint ${text} has no TLS: give an https address`);
  return url.origin;
}

/** Asks once: whether the certificate has the address, and whether the server answers to it, is known only from the server. */
function whyNotAt(address: string, url: URL, tls: TlsTrust | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asked = request(
      {
        host: address,
        port: url.port || 443,
        path: "/",
        ca: tls?.ca,
        headers: { host: `${isIP(address) === 6 ? `[${address}]` : address}${url.port && `:${url.port}`}` },
        timeout: ANSWER_TIMEOUT_MILLISECONDS,
        agent: false,
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === MISDIRECTED ? "the server does not answer to this address" : undefined);
      },
    );
    asked.on("timeout", () => asked.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MILLISECONDS / 1000} s`)));
    asked.on("error", ({ message }) => resolve(message));
    asked.end();
  });
}

function noAddress(): { address: string }[] {
  return [];
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
