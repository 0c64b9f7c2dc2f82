import type { FunctionPlan } from "@sluice/engine/ports/function-runner.ts";

export interface FunctionEndpoint {
  readonly url: string;
  /** Null: there is nobody to be trusted in particular. */
  readonly trust: { readonly certificateFile: string; readonly bundleFile: string } | null;
}

export interface VariablePlaces {
  readonly taskRoot: string;
  readonly runtimeRoot: string;
  /** `127.0.0.1:43211`, of the Runtime API. */
  readonly runtimeApi: string;
  readonly logStream: string;
  readonly region: string;
  /** Where the function's SDK calls; undefined: wherever it does by itself. */
  readonly endpoint: FunctionEndpoint | undefined;
}

/** Of the system: what a function sets itself wins. */
const SYSTEM_VARIABLES = { PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8", TZ: ":UTC", HOME: "/tmp" } as const;

/** All variables of a function's process: those of the system, the function's own, and Lambda's, each over those before. */
export function functionVariables(plan: FunctionPlan, places: VariablePlaces): Record<string, string> {
  const { functionName, version, memoryMegabytes, credentials, runtime } = plan;
  const { endpoint } = places;
  return {
    ...SYSTEM_VARIABLES,
    ...(endpoint === undefined ? {} : endpointVariables(endpoint)),
    ...plan.variables,
    AWS_REGION: places.region,
    AWS_DEFAULT_REGION: places.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: places.logStream,
    AWS_LAMBDA_RUNTIME_API: places.runtimeApi,
    _HANDLER: plan.handler,
    LAMBDA_TASK_ROOT: places.taskRoot,
    LAMBDA_RUNTIME_DIR: places.runtimeRoot,
    ...(credentials === null
      ? {}
      : { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey }),
  };
}

/** The names by which the SDKs, the AWS CLI and Node know them. */
function endpointVariables({ url, trust }: FunctionEndpoint): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    ...(trust && { AWS_CA_BUNDLE: trust.bundleFile, NODE_EXTRA_CA_CERTS: trust.certificateFile }),
  };
}

/** As Lambda names them: `2026/11/29/[$LATEST]0f3c…`. */
export function logStreamOf({ version }: Pick<FunctionPlan, "version">, environmentId: string, now: Date): string {
  return `${now.toISOString().slice(0, 10).replaceAll("-", "/")}/[${version}]${environmentId}`;
}
