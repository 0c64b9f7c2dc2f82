import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { ClientConnection } from "../client/clients.ts";
import type { TlsTrust } from "../client/connection-agent.ts";
import type { Credentials } from "../sigv4/http-request.ts";
import { type AwsFiles, type AwsProfile, readAwsProfile, SERVED_SERVICES, SLUICE_PROFILE } from "./aws-config.ts";

/** The services of a Sluice server that a client can call. `sluice` covers the server's own operations and its event stream. */
export type ConnectedService = "codedeploy" | "s3" | "sts" | "sluice";

/** Where a server is and as whom to call it. */
export interface Connection {
  readonly region: string;
  readonly credentials: Credentials;
  readonly endpoints: Readonly<Record<ConnectedService, string>>;
  readonly tls: TlsTrust | undefined;
  /** Where all this was found, for messages: `/var/lib/sluice/aws` or `the AWS environment, profile "sluice"`. */
  readonly foundIn: string;
}

/** Nothing, or not enough, says where the server is. The message says what was looked at and what to do. */
export class ConnectionUnknown extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConnectionUnknown";
  }
}

export interface ResolveConnection {
  /** The server's data directory; its `aws/credentials` and `aws/config` are read. Absent: the AWS environment and profile files. */
  readonly data?: string | undefined;
  /** `process.env` when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly homeDirectory?: string | undefined;
}

export function resolveConnection(options: ResolveConnection = {}): Connection {
  return options.data === undefined ? fromEnvironment(options) : fromDataDirectory(resolve(options.data));
}

/** What a client constructor takes, for one of the services. */
export function connectionTo(connection: Connection, service: ConnectedService): ClientConnection {
  const { region, credentials, tls, endpoints } = connection;
  return { endpoint: endpoints[service], region, credentials, tls };
}

/** Where the AWS environment and profile say that CodeDeploy is; undefined when they name no address, and so mean AWS itself. */
export function endpointOfEnvironment(options: ResolveConnection = {}): string | undefined {
  try {
    const { profile, overrides } = readEnvironment(options);
    return overrides === "ignored" ? undefined : endpointOf(profile, overrides);
  } catch (error) {
    if (error instanceof ConnectionUnknown) return undefined;
    throw error;
  }
}

/** What the AWS environment and profile files say of S3. What they leave out is undefined: AWS's own endpoint, no key. */
export interface S3Environment {
  readonly region: string | undefined;
  readonly credentials: Credentials | undefined;
  readonly endpoint: string | undefined;
}

/** @throws ConnectionUnknown when AWS_PROFILE names a profile that is not there */
export function s3OfEnvironment(options: ResolveConnection = {}): S3Environment {
  const { profile, overrides } = readEnvironment(options);
  const { region, credentials, serviceEndpoints } = profile;
  const endpoint = overrides === "ignored" ? undefined : (overrides.s3 ?? serviceEndpoints.s3 ?? profile.endpoint);
  return { region, credentials, endpoint };
}

/** Where a data directory says that its server is; undefined when no server has written that, or it cannot be read. */
export function endpointOfDirectory(data: string): string | undefined {
  try {
    return fromDataDirectory(resolve(data)).endpoints.codedeploy;
  } catch (error) {
    if (error instanceof ConnectionUnknown) return undefined;
    throw error;
  }
}

function fromDataDirectory(data: string): Connection {
  const directory = join(data, "aws");
  const files: AwsFiles = {
    config: readOptional(join(directory, "config")),
    credentials: readOptional(join(directory, "credentials")),
  };
  if (files.config === undefined || files.credentials === undefined) {
    throw new ConnectionUnknown(
      `${directory} has no ${files.config === undefined ? "config" : "credentials"}. The server creates it at its first start: ` +
        `sluice server --data ${data}`,
    );
  }
  const profile = readAwsProfile(files, SLUICE_PROFILE);
  if (profile === undefined) {
    throw new ConnectionUnknown(
      `${directory}/config has no [profile ${SLUICE_PROFILE}]. To create it, restart the server.`,
    );
  }
  return connectionOf(profile, {}, directory);
}

function fromEnvironment(options: ResolveConnection): Connection {
  const { profile, overrides, name } = readEnvironment(options);
  return connectionOf(profile, overrides, `the AWS environment, profile "${name}"`);
}

interface AwsEnvironment {
  readonly profile: AwsProfile;
  /** What the variables for single services say; `ignored` when no endpoint is to be taken from anywhere. */
  readonly overrides: AwsProfile["serviceEndpoints"] | "ignored";
  readonly name: string;
}

function readEnvironment(options: ResolveConnection): AwsEnvironment {
  const environment = options.environment ?? process.env;
  const home = join(options.homeDirectory ?? homedir(), ".aws");
  const given = (name: string): string | undefined => environment[name] || undefined;
  const name = given("AWS_PROFILE") ?? "default";
  const files: AwsFiles = {
    config: readOptional(given("AWS_CONFIG_FILE") ?? join(home, "config")),
    credentials: readOptional(given("AWS_SHARED_CREDENTIALS_FILE") ?? join(home, "credentials")),
  };
  const profile = readAwsProfile(files, name);
  if (profile === undefined && given("AWS_PROFILE") !== undefined) {
    throw new ConnectionUnknown(
      `AWS_PROFILE is "${name}", and neither ${given("AWS_CONFIG_FILE") ?? join(home, "config")} nor the credentials file has that profile.`,
    );
  }
  const ignoresEndpoints = given("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?.toLowerCase() === "true";
  return {
    name,
    profile: {
      region: given("AWS_REGION") ?? given("AWS_DEFAULT_REGION") ?? profile?.region,
      credentials: environmentKeys(given) ?? profile?.credentials,
      endpoint: given("AWS_ENDPOINT_URL") ?? profile?.endpoint,
      // AWS_ENDPOINT_URL goes before a profile's entry for one service, and after the variable for that service.
      serviceEndpoints: given("AWS_ENDPOINT_URL") === undefined ? (profile?.serviceEndpoints ?? {}) : {},
      caBundle: given("AWS_CA_BUNDLE") ?? profile?.caBundle,
    },
    overrides: ignoresEndpoints ? "ignored" : serviceVariables(given),
  };
}

function endpointOf(profile: AwsProfile, overrides: AwsProfile["serviceEndpoints"]): string | undefined {
  return overrides.codedeploy ?? profile.serviceEndpoints.codedeploy ?? profile.endpoint;
}

function environmentKeys(given: (name: string) => string | undefined): Credentials | undefined {
  const accessKeyId = given("AWS_ACCESS_KEY_ID");
  const secretAccessKey = given("AWS_SECRET_ACCESS_KEY");
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const sessionToken = given("AWS_SESSION_TOKEN");
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function serviceVariables(given: (name: string) => string | undefined): AwsProfile["serviceEndpoints"] {
  const endpoints = SERVED_SERVICES.map((service) => [service, given(`AWS_ENDPOINT_URL_${service.toUpperCase()}`)]);
  return Object.fromEntries(endpoints.filter(([, endpoint]) => endpoint !== undefined));
}

function connectionOf(
  profile: AwsProfile,
  overrides: AwsProfile["serviceEndpoints"] | "ignored",
  foundIn: string,
): Connection {
  const { region, credentials, caBundle } = profile;
  const own = overrides === "ignored" ? {} : { ...profile.serviceEndpoints, ...overrides };
  const common = overrides === "ignored" ? undefined : profile.endpoint;
  const codedeploy = own.codedeploy ?? common;
  const missing = [
    ...(codedeploy === undefined ? ["endpoint URL (AWS_ENDPOINT_URL)"] : []),
    ...(region === undefined ? ["region (AWS_REGION)"] : []),
    ...(credentials === undefined ? ["access key (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)"] : []),
  ];
  if (codedeploy === undefined || region === undefined || credentials === undefined) {
    throw new ConnectionUnknown(
      `${foundIn} has no ${missing.join(", no ")}. Give the server's data directory with --data DIR, or load its settings: ` +
        'eval "$(sluice env --data DIR)".',
    );
  }
  const sluice = common ?? codedeploy;
  return {
    region,
    credentials,
    endpoints: { codedeploy, s3: own.s3 ?? sluice, sts: own.sts ?? sluice, sluice },
    tls: caBundle === undefined ? undefined : { ca: readBundle(caBundle, foundIn) },
    foundIn,
  };
}

function readBundle(path: string, foundIn: string): string {
  const file = readOptional(path);
  if (file === undefined)
    throw new ConnectionUnknown(`${foundIn} names the certificate file ${path}, which does not exist.`);
  return file.text;
}

function readOptional(path: string): { text: string; path: string } | undefined {
  try {
    return { text: readFileSync(path, "utf8"), path };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "EACCES") {
      throw new ConnectionUnknown(
        `permission denied: this user cannot read ${path}. Run as the server's user, or use your own key.`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}
