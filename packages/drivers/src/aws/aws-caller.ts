import { AwsCallError, awsCallError } from "./aws-call-error.ts";
import {
  type AwsClientSettings,
  type AwsCredentials,
  type AwsServiceHost,
  awsClientConfig,
  awsEndpoint,
} from "./aws-client-settings.ts";

/** What the SDK's `send` takes beside the command. */
export interface AwsCallOptions {
  readonly abortSignal: AbortSignal;
}

/** Makes one call. Throws the signal's reason when it was told to stop, and else an AwsCallError. */
export type AwsCaller<Client> = <Output>(
  action: string,
  signal: AbortSignal,
  send: (client: Client, options: AwsCallOptions) => Promise<Output>,
) => Promise<Output>;

/** A role that calls are made with, in place of the binding's key. */
export interface AssumedRole {
  readonly arn: string;
  readonly credentials: () => Promise<AwsCredentials>;
}

/** The part of each AWS driver that is the same: `open` loads the SDK's client at the first call, since it costs megabytes. */
export function awsCaller<Client>(
  settings: AwsClientSettings,
  service: AwsServiceHost,
  open: (config: ReturnType<typeof awsClientConfig>) => Promise<Client>,
  role?: AssumedRole,
): AwsCaller<Client> {
  const endpoint = awsEndpoint(settings, service);
  let secrets = [settings.secretAccessKey, settings.sessionToken ?? ""];
  const assumed =
    role &&
    (async () => {
      const credentials = await role.credentials();
      secrets = [credentials.secretAccessKey, credentials.sessionToken ?? ""];
      return credentials;
    });
  const iamPrefix = service === "monitoring" ? "cloudwatch" : service;
  let client: Promise<Client> | undefined;
  return async (action, signal, send) => {
    signal.throwIfAborted();
    client ??= open(awsClientConfig(settings, service, assumed));
    const opened = await client;
    signal.throwIfAborted();
    try {
      return await send(opened, { abortSignal: signal });
    } catch (error) {
      signal.throwIfAborted();
      // The role could not be assumed, and the service was never asked.
      if (error instanceof AwsCallError) throw error;
      throw awsCallError(error, { service: iamPrefix, action, endpoint, secrets, roleArn: role?.arn });
    }
  };
}
