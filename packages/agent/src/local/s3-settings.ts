import { s3OfEnvironment } from "@sluice/wire/config/connection.ts";
import type { HostConfigInput } from "../host/host-config.ts";

/** S3 cannot be asked: nothing says with which key, or where. */
export class NoS3Key extends Error {
  override readonly name = "NoS3Key";
}

/**
 * With which key, and where, S3 is asked: as the configuration says, else as the AWS environment and profile files do.
 * @throws NoS3Key, or ConnectionUnknown that names the profile
 */
export function withS3Settings(config: HostConfigInput): HostConfigInput {
  if (config.s3Credentials !== undefined) return config;
  const { region, credentials, endpoint } = s3OfEnvironment();
  if (credentials === undefined || region === undefined) {
    const missing =
      credentials === undefined ? "access key (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)" : "region (AWS_REGION)";
    throw new NoS3Key(
      `The AWS environment has no ${missing}, which S3 needs. Set it, name a profile of ~/.aws with AWS_PROFILE, or set host.s3Credentials in the agent.json ` +
        "that --agent-configuration-file names.",
    );
  }
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const s3Credentials = {
    accessKeyId,
    secretAccessKey,
    region,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  return { ...config, s3Credentials, s3Endpoint: config.s3Endpoint ?? endpoint };
}
