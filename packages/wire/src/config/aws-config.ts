import type { Credentials } from "../sigv4/http-request.ts";
import { type IniSection, iniBlock, iniValue, parseIni } from "./ini.ts";

/** The profile that a server writes for its own clients. */
export const SLUICE_PROFILE = "sluice";

/** The services that plain AWS tools call on a Sluice server, by their names in a `services` section. */
export const SERVED_SERVICES = [
  "codedeploy",
  "s3",
  "sts",
  "iam",
  "ecs",
  "elastic_load_balancing_v2",
  "lambda",
] as const;
export type ServedService = (typeof SERVED_SERVICES)[number];

export interface AwsConfig {
  readonly region: string;
  /** `http(s)://HOST:PORT`. */
  readonly endpoint: string;
  /** Absolute path of a PEM file, for a server whose certificate no system trusts. */
  readonly caBundle?: string | undefined;
}

/**
 * The `config` file of the profile. The endpoint stands three times: each service's own entry for the tools that read `services`
 * sections, `endpoint_url` of the profile for all other services and for older tools. S3 in path style: a bucket's name is not a host here.
 */
export function renderAwsConfig(config: AwsConfig): string {
  const { region, endpoint, caBundle } = config;
  for (const [name, value] of Object.entries({ region, endpoint, caBundle })) assertOneLine(name, value);
  return [
    `[profile ${SLUICE_PROFILE}]`,
    `region = ${region}`,
    "output = json",
    `endpoint_url = ${endpoint}`,
    `services = ${SLUICE_PROFILE}`,
    ...(caBundle === undefined ? [] : [`ca_bundle = ${caBundle}`]),
    "s3 =",
    "    addressing_style = path",
    // Without it the AWS CLI and boto3 presign with Signature V2, which is refused here.
    "    signature_version = s3v4",
    "",
    `[services ${SLUICE_PROFILE}]`,
    ...SERVED_SERVICES.flatMap((service) => [
      `${service} =`,
      `    endpoint_url = ${endpoint}`,
      ...(service === "s3" ? ["    addressing_style = path"] : []),
    ]),
    "",
  ].join("\n");
}

/** The `credentials` file of the profile; to be written with mode 0600. */
export function renderAwsCredentials(credentials: Credentials): string {
  for (const [name, value] of Object.entries(credentials)) assertOneLine(name, value);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return [
    `[${SLUICE_PROFILE}]`,
    `aws_access_key_id = ${accessKeyId}`,
    `aws_secret_access_key = ${secretAccessKey}`,
    ...(sessionToken === undefined ? [] : [`aws_session_token = ${sessionToken}`]),
    "",
  ].join("\n");
}

/** The value itself stays out of the message: it may be a secret. */
function assertOneLine(name: string, value: string | undefined): void {
  if (value !== undefined && (value === "" || value !== value.trim() || /[\r\n]/.test(value))) {
    throw new TypeError(`${name} must be one line with no spaces around it, to be written to an INI file`);
  }
}

/** What one profile of the two files says; whatever they leave out is undefined. */
export interface AwsProfile {
  readonly region: string | undefined;
  readonly credentials: Credentials | undefined;
  readonly endpoint: string | undefined;
  readonly serviceEndpoints: Readonly<Partial<Record<ServedService, string>>>;
  readonly caBundle: string | undefined;
}

export interface AwsFiles {
  /** Absent when the file does not exist. */
  readonly config: { readonly text: string; readonly path: string } | undefined;
  readonly credentials: { readonly text: string; readonly path: string } | undefined;
}

/** Reads a profile; undefined when neither file names it. */
export function readAwsProfile(files: AwsFiles, profile: string): AwsProfile | undefined {
  const config = files.config && parseIni(files.config.text, files.config.path);
  const keys = files.credentials && parseIni(files.credentials.text, files.credentials.path);
  const section = config?.get(`profile ${profile}`) ?? (profile === "default" ? config?.get("default") : undefined);
  const keySection = keys?.get(profile);
  if (section === undefined && keySection === undefined) return undefined;
  const services = config?.get(`services ${iniValue(section, "services") ?? ""}`);
  const serviceEndpoints: Partial<Record<ServedService, string>> = {};
  for (const service of SERVED_SERVICES) {
    const endpoint = iniBlock(services, service)?.get("endpoint_url");
    if (endpoint !== undefined) serviceEndpoints[service] = endpoint;
  }
  return {
    region: iniValue(section, "region") ?? iniValue(keySection, "region"),
    // Keys may stand in either file; those of `credentials` win, as with the AWS tools.
    credentials: readKeys(keySection) ?? readKeys(section),
    endpoint: iniValue(section, "endpoint_url"),
    serviceEndpoints,
    caBundle: iniValue(section, "ca_bundle"),
  };
}

function readKeys(section: IniSection | undefined): Credentials | undefined {
  const accessKeyId = iniValue(section, "aws_access_key_id");
  const secretAccessKey = iniValue(section, "aws_secret_access_key");
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const sessionToken = iniValue(section, "aws_session_token");
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
