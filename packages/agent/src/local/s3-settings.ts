import { s3OfEnvironment } from "@sluice/wire/config/connection.ts";
import type { HostConfigInput } from "../host/host-config.ts";

/**
 * Where S3 is asked, and with which key, as far as the configuration does not say it: as the AWS environment and profile files do. What these leave
 * out, an agent finds, too: the role of an instance, for example.
 * @throws ConnectionUnknown that names the profile
 */
export function withS3Settings(config: HostConfigInput): HostConfigInput {
  if (config.s3Credentials !== undefined) return config;
  const { region, credentials, endpoint } = s3OfEnvironment();
  const asked = { ...config, s3Endpoint: config.s3Endpoint ?? endpoint };
  if (credentials === undefined || region === undefined) return asked;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const token = sessionToken === undefined ? {} : { sessionToken };
  return { ...asked, s3Credentials: { accessKeyId, secretAccessKey, region, ...token } };
}
