interface NewProfile {
  readonly profile: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** Of this server. */
  readonly url: string;
}

/** Names of profiles that need no quotes in a shell. */
const PLAIN = /[^A-Za-z0-9._-]+/g;

/** Commands that write a profile of AWS's tools. */
export function awsConfigure({ profile, accessKeyId, secretAccessKey, region, url }: NewProfile): string {
  const name = profile.replace(PLAIN, "-").replace(/^[-.]+|[-.]+$/g, "") || "sluice";
  const set = (key: string, value: string) => `aws configure set ${key} '${value}' --profile ${name}`;
  return [
    set("aws_access_key_id", accessKeyId),
    set("aws_secret_access_key", secretAccessKey),
    set("region", region),
    set("endpoint_url", url),
  ].join("\n");
}
