import { awsCallError } from "./aws-call-error.ts";
import { type AwsClientSettings, type AwsServiceHost, awsClientConfig, awsEndpoint } from "./aws-client-settings.ts";

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

/** The part of each AWS driver that is the same: `open` loads the SDK's client at the first call, since it costs megabytes. */
export function awsCaller<Client>(
  settings: AwsClientSettings,
  service: AwsServiceHost,
  open: (config: ReturnType<typeof awsClientConfig>) => Promise<Client>,
): AwsCaller<Client> {
  const endpoint = awsEndpoint(settings, service);
  const secrets = [settings.secretAccessKey, settings.sessionToken ?? ""];
  const iamPrefix = service === "monitoring" ? "cloudwatch" : service;
  let client: Promise<Client> | undefined;
  return async (action, signal, send) => {
    signal.throwIfAborted();
    client ??= open(awsClientConfig(settings, service));
    const opened = await client;
    signal.throwIfAborted();
    try {
      return await send(opened, { abortSignal: signal });
    } catch (error) {
      signal.throwIfAborted();
      throw awsCallError(error, { service: iamPrefix, action, endpoint, secrets });
    }
  };
}
