import { isEnvironmentSelector } from "./hooks/script-environment.ts";

interface HostSetting {
  readonly is: (value: unknown) => boolean;
  /** What it has to be, as in "give …". */
  readonly give: string;
  /** Its value is in no message. */
  readonly isSecret?: true;
}

const isText = (value: unknown) => typeof value === "string";
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isPositive = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 1;
const isListOf = (is: (entry: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(is);

function isHttpUrl(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function isS3Credentials(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { accessKeyId, secretAccessKey, region, sessionToken } = value as Readonly<Record<string, unknown>>;
  return [accessKeyId, secretAccessKey, region, sessionToken ?? ""].every(isText);
}

/** What agent.json may say in `host`, all of it optional. See `HostConfig` for what each means. */
const HOST_SETTINGS: Readonly<Record<string, HostSetting>> = {
  maxRevisions: { is: isPositive, give: "a whole number of 1 or more" },
  maxRevisionBytes: { is: isCount, give: "a whole number of bytes, 0 or more" },
  maxCachedBundles: { is: isCount, give: "a whole number of 0 or more" },
  maxCachedBytes: { is: isCount, give: "a whole number of bytes, 0 or more" },
  maxBundleBytes: { is: isPositive, give: "a whole number of bytes, 1 or more" },
  maxBundleEntries: { is: isPositive, give: "a whole number of 1 or more" },
  maxUnpackedBytes: { is: isPositive, give: "a whole number of bytes, 1 or more" },
  maxUnpackedRatio: { is: isPositive, give: "a whole number of 1 or more" },
  // A text such as "no" would count as true.
  strictScripts: { is: (value) => typeof value === "boolean", give: "true or false, without quotes" },
  scriptEnvironment: {
    is: isListOf(isEnvironmentSelector),
    give: 'a list of names of variables, such as ["JAVA_HOME", "RAILS_*"]',
  },
  maskedVariables: {
    is: isListOf(isEnvironmentSelector),
    give: 'a list of names of variables, such as ["DB_PASSWORD", "PAYMENT_*"]',
  },
  maskKnownSecrets: { is: (value) => typeof value === "boolean", give: "true or false, without quotes" },
  s3Endpoint: { is: isHttpUrl, give: 'a URL, such as "https://minio.example:9000"' },
  s3Credentials: {
    is: isS3Credentials,
    give: "{ accessKeyId, secretAccessKey, region } and, if there is one, sessionToken, each a text",
    isSecret: true,
  },
  s3Region: { is: isText, give: 'the name of a region, such as "eu-central-1"' },
  s3PathStyle: { is: (value) => typeof value === "boolean", give: "true or false, without quotes" },
  s3Direct: { is: (value) => typeof value === "boolean", give: "true or false, without quotes" },
  gitHubBaseUrl: { is: isHttpUrl, give: 'a URL, such as "https://github.example/api/v3"' },
  gitHubToken: { is: isText, give: "a text", isSecret: true },
  proxy: { is: isText, give: 'the URL of an HTTP proxy, such as "http://proxy.example:3128"', isSecret: true },
  noProxy: { is: isListOf(isText), give: 'a list of names and networks, such as [".example", "10.0.0.0/8"]' },
};

/** agent.json has a setting that the agent does not take: for its operator to correct. */
export class WrongHostSetting extends Error {
  override readonly name = "WrongHostSetting";
}

/** @throws WrongHostSetting that names the file, the setting, its value and what to give */
export function checkHostSettings(settings: Readonly<Record<string, unknown>>, file: string): void {
  const unknown = Object.keys(settings).filter((name) => !Object.hasOwn(HOST_SETTINGS, name));
  if (unknown.length > 0) {
    const names = Object.keys(HOST_SETTINGS).join(", ");
    throw new WrongHostSetting(`${file}: "host" has no setting ${unknown.join(", ")}; it takes ${names}`);
  }
  for (const [name, { is, give, isSecret }] of Object.entries(HOST_SETTINGS)) {
    const value = settings[name];
    if (value === undefined || is(value)) continue;
    const words = isSecret ? "cannot be used" : `is ${JSON.stringify(value)}`;
    throw new WrongHostSetting(`${file}: host.${name} ${words}; give ${give}.`);
  }
}
