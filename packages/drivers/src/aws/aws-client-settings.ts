import * as v from "valibot";
import { endpointProblem } from "../s3/s3-url.ts";
import { secretText, settings, text } from "../settings-schema.ts";

/** A region becomes part of a host name, so it may hold nothing that ends one. */
const REGION = /^[a-z0-9-]+$/;

/** What every driver that speaks to AWS is told. All of it comes from the binding: an ambient profile may lead back to Sluice. */
export const AWS_CLIENT_SETTINGS = settings({
  region: text("the region, such as eu-central-1", (region) =>
    REGION.test(region) ? undefined : `has the value ${JSON.stringify(region)}: give a region such as eu-central-1`,
  ),
  accessKeyId: text("the id of an access key of the AWS account"),
  secretAccessKey: secretText("the access key's secret"),
  sessionToken: v.optional(secretText("the token of temporary credentials")),
  /** Absent: AWS's own address for the region. */
  endpoint: v.optional(text("the address of the service, where it is not AWS's own for the region", endpointProblem)),
});

export type AwsClientSettings = v.InferOutput<typeof AWS_CLIENT_SETTINGS>;

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** The names that stand before the region in AWS's host names. */
export type AwsServiceHost = "monitoring" | "elasticloadbalancing" | "ec2" | "sns" | "ecs" | "lambda" | "sts";

export const AWS_ATTEMPTS = 3;
export const AWS_CONNECT_TIMEOUT_MILLISECONDS = 5_000;
export const AWS_REQUEST_TIMEOUT_MILLISECONDS = 20_000;

/**
 * The configuration for the SDK's client. Whatever the SDK would else look up in the environment or in a profile is set here: above
 * all the endpoint, since `AWS_ENDPOINT_URL` is how people point their tools at Sluice itself.
 *
 * @param assumed of a role, instead of the binding's own; asked for anew when they are about to expire
 */
export function awsClientConfig(
  settings: AwsClientSettings,
  service: AwsServiceHost,
  assumed?: () => Promise<AwsCredentials>,
) {
  const { region, accessKeyId, secretAccessKey, sessionToken } = settings;
  return {
    region,
    endpoint: awsEndpoint(settings, service),
    credentials: assumed ?? { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
    maxAttempts: AWS_ATTEMPTS,
    retryMode: "standard" as const,
    defaultsMode: "standard" as const,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: "sluice",
    authSchemePreference: ["sigv4"],
    requestHandler: {
      connectionTimeout: AWS_CONNECT_TIMEOUT_MILLISECONDS,
      requestTimeout: AWS_REQUEST_TIMEOUT_MILLISECONDS,
      // Else the SDK only prints a warning and waits on.
      throwOnRequestTimeout: true,
    },
  };
}

/** Where the service is. Regions outside these two name spaces need `endpoint`. */
export function awsEndpoint({ endpoint, region }: AwsClientSettings, service: AwsServiceHost): string {
  if (endpoint !== undefined) return endpoint.replace(/\/+$/, "");
  return `https://${service}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
