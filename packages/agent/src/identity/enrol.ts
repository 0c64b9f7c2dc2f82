import { hostname } from "node:os";
import { resolve } from "node:path";
import { diskIsFull, fullDisk } from "@sluice/model/disk-full.ts";
import { sluiceClient } from "@sluice/wire/client/clients.ts";
import { certificateNotPinned } from "@sluice/wire/client/connection-agent.ts";
import { ServiceError, TransportError } from "@sluice/wire/client/errors.ts";
import type { ForwardProxy } from "@sluice/wire/client/forward-proxy.ts";
import { directoryTrouble } from "@sluice/wire/config/directory-trouble.ts";
import { decodeEnrolmentToken } from "@sluice/wire/sluice/enrolment-token.ts";
import type { EnrolHostOutput, Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { proxyOfAgent } from "../host/agent-proxy.ts";
import { describeFailure } from "../process/agent-log.ts";
import { AGENT_VERSION } from "./agent-version.ts";
import { callToEnrol, isBrokenOff } from "./enrolment-call.ts";
import {
  EnrolledAlready,
  type Enrolment,
  isEnrolled,
  prepareDirectory,
  readEnrolment,
  readHostSettings,
  type UnmakeDirectory,
  writeEnrolment,
} from "./enrolment-files.ts";
import { pinCertificate } from "./envelope.ts";

export interface EnrolHostOptions {
  /** `http(s)://HOST[:PORT][/PATH]`. */
  readonly server: string;
  readonly token: string;
  readonly directory: string;
  /** The machine's own name when absent. */
  readonly name?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
  /** The name becomes the tag Name, unless the token or `tags` have one. */
  readonly nameTag?: boolean | undefined;
  readonly onPremises?: boolean | undefined;
  readonly zone?: string | undefined;
  readonly address?: string | undefined;
  /** PEM of a private authority that signed the server's certificate; not needed when the token carries fingerprints. */
  readonly certificateAuthority?: string | undefined;
  /** Replaces an enrolment that is there. Its deployments stay; under the same name at the same server the host's id stays, too. */
  readonly force?: boolean | undefined;
}

export class EnrolmentFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EnrolmentFailed";
  }
}

/** The request is unsigned, and its region is not used. */
const ANY_REGION = "us-east-1";

/**
 * Enrols this host: the token buys it a key of its own, and from now on it obeys only what the server's signing certificate signed.
 * @returns what was written to the directory, without the key
 * @throws {EnrolmentFailed | EnrolledAlready} whose message names the cause and the cure
 */
export async function enrolHost(options: EnrolHostOptions): Promise<Omit<Enrolment, "credentials">> {
  const directory = resolve(options.directory);
  const server = serverUrl(options.server);
  // Before a use of the token is spent.
  if (isEnrolled(directory) && !options.force) throw new EnrolledAlready(directory);
  const { fingerprints } = readToken(options.token);
  const unmakeDirectory = prepare(directory);
  try {
    return await enrolInto(directory, { ...options, server }, fingerprints);
  } catch (error) {
    unmakeDirectory();
    throw error;
  }
}

async function enrolInto(
  directory: string,
  options: EnrolHostOptions,
  fingerprints: readonly string[],
): Promise<Omit<Enrolment, "credentials">> {
  const { server, force } = options;
  const hostName = options.name ?? hostname();
  const former = formerEnrolment(directory);
  const formerKey = former?.hostName === hostName ? former.credentials : undefined;
  const answer = await askToEnrol({ ...options, name: hostName, formerKey }, fingerprints);
  checkAnswer(answer);
  const enrolment: Omit<Enrolment, "credentials"> = {
    server,
    region: answer.region,
    accountId: answer.accountId,
    hostId: answer.hostId,
    hostName,
    hostIdentifier: answer.hostIdentifier,
    onPremises: options.onPremises ?? false,
    serverFingerprints: server.startsWith("https:") ? fingerprints : [],
    ...(options.certificateAuthority === undefined ? {} : { certificateAuthority: options.certificateAuthority }),
    signingCertificate: answer.signingCertificate,
  };
  const { accessKeyId, secretAccessKey } = answer;
  writeEnrolment(directory, { ...enrolment, credentials: { accessKeyId, secretAccessKey } }, { force });
  return enrolment;
}

/** What is there to be replaced; undefined where nothing is, or nothing whole. */
function formerEnrolment(directory: string): Enrolment | undefined {
  try {
    return readEnrolment(directory);
  } catch {
    return undefined; // a reason to enrol anew
  }
}

function prepare(directory: string): UnmakeDirectory {
  try {
    return prepareDirectory(directory);
  } catch (error) {
    throw new EnrolmentFailed(whyNotWritten(directory, error), { cause: error });
  }
}

function whyNotWritten(directory: string, error: unknown): string {
  if (fullDisk(error) !== null) return diskIsFull(`the disk of ${directory}`, { directory });
  return (
    directoryTrouble(directory, error) ??
    `--data ${directory} cannot be created or written (${describeFailure(error)}). Name another directory`
  );
}

function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new EnrolmentFailed(`--server ${JSON.stringify(text)} is not an address such as https://sluice.example:7450`);
  }
  if (url.username !== "" || url.search !== "" || url.hash !== "") {
    throw new EnrolmentFailed("--server cannot have a user, query or fragment: give https://HOST:PORT");
  }
  return text.replace(/\/+$/, "");
}

function readToken(token: string): { readonly fingerprints: readonly string[] } {
  try {
    return decodeEnrolmentToken(token);
  } catch (error) {
    throw new EnrolmentFailed(describeFailure(error), { cause: error });
  }
}

async function askToEnrol(
  options: EnrolHostOptions & { readonly name: string; readonly formerKey?: Enrolment["credentials"] | undefined },
  fingerprints: readonly string[],
): Promise<EnrolHostOutput> {
  const { server, name, tags, nameTag, onPremises, zone, address } = options;
  const proxy = proxyTo(server, options.directory);
  const client = sluiceClient({
    endpoint: server,
    region: ANY_REGION,
    tls: { ca: options.certificateAuthority, fingerprints },
    proxy: proxy?.url,
    userAgent: `sluice-agent/${AGENT_VERSION}`,
  });
  const wanted = { tags, nameTag, onPremises, zone, address };
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  try {
    const input = { token: options.token.trim(), hostName: name, agentVersion: AGENT_VERSION, ...given };
    return await callToEnrol(client, input, options.formerKey);
  } catch (error) {
    if (isPlainToTls(error, server, fingerprints)) {
      throw new EnrolmentFailed(`This server uses TLS: use --server ${server.replace(/^http:/i, "https:")}`, {
        cause: error,
      });
    }
    if (error instanceof ServiceError) {
      throw new EnrolmentFailed(`${server} refused to enrol ${name}: ${error.message} (${error.code})`, {
        cause: error,
      });
    }
    const unknown = certificateNotPinned(error);
    if (unknown !== undefined) {
      throw new EnrolmentFailed(
        `${server} shows a certificate that the token does not name. It is another server, or its certificate is newer than the token. If it is the right server, create a new token on the server (sluice token create), and enrol with it. ${unknown.fingerprints}`,
        { cause: error },
      );
    }
    const problem = error instanceof TransportError ? error.problem : describeFailure(error);
    // Some problems come with a question of their own.
    const cure = /[.?]$/.test(problem) ? " Check the address." : ". Check the address, and that the server is running.";
    const by =
      proxy === undefined
        ? ""
        : ` The connection used the proxy ${proxy.name}; to connect without a proxy, add the server to no_proxy.`;
    throw new EnrolmentFailed(`${server} cannot be reached to enrol ${name}: ${problem}${cure}${by}`, { cause: error });
  } finally {
    client.close();
  }
}

/** As the settings say that an agent of this directory has already, else as the environment does. */
function proxyTo(server: string, directory: string): ForwardProxy | undefined {
  try {
    return proxyOfAgent(server, readHostSettings(directory));
  } catch (error) {
    throw new EnrolmentFailed(describeFailure(error), { cause: error });
  }
}

/** A server of TLS, whose certificate the token names, ends a connection on which it is not spoken, or says so. */
function isPlainToTls(error: unknown, server: string, fingerprints: readonly string[]): boolean {
  return fingerprints.length > 0 && /^http:/i.test(server) && (isBrokenOff(error) || isUnreadable(error));
}

/** So answers a port of TLS that was spoken to without. */
function isUnreadable(error: unknown): boolean {
  return error instanceof ServiceError && error.code === "SerializationException";
}

function checkAnswer(answer: EnrolHostOutput): void {
  try {
    pinCertificate(answer.signingCertificate);
  } catch (error) {
    throw new EnrolmentFailed("The server's signing certificate cannot be read, so the host was not enrolled.", {
      cause: error,
    });
  }
}
