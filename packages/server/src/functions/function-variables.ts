import type { KeyPair } from "../access/new-access-key.ts";

/** How a function on this machine reaches the server that runs it. */
export interface FunctionSurroundings {
  readonly region: string;
  /** `http(s)://HOST:PORT` */
  readonly endpoint: string;
  /** Null where the endpoint is plain HTTP. */
  readonly trust: FunctionTrust | null;
}

/** Files that a function may read: PEM, without any key. */
export interface FunctionTrust {
  /** What the server shows. */
  readonly certificateFile: string;
  /** That, with the authorities that everybody trusts: Python's SDK trusts nobody else than it is told. */
  readonly bundleFile: string;
}

/** The names that Lambda keeps to itself: CreateFunction and UpdateFunctionConfiguration refuse them. */
export const RESERVED_VARIABLES: ReadonlySet<string> = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

/**
 * With what a function runs: what it was created with, and what makes its SDK call this server, as itself, without any configuration.
 * A function may choose another endpoint or other certificates, as on AWS; who it is and where it runs it may not.
 *
 * @param own as the function was created with them
 * @param credentials null: the function has no key
 */
export function functionVariables(
  own: Readonly<Record<string, string>>,
  { region, endpoint, trust }: FunctionSurroundings,
  credentials: KeyPair | null,
): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    ...(trust && { AWS_CA_BUNDLE: trust.bundleFile, NODE_EXTRA_CA_CERTS: trust.certificateFile }),
    ...own,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...(credentials && {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    }),
  };
}
